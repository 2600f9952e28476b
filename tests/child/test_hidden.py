"""Changes past autograd, found by where the numbers stand in memory."""

import numpy as np
import torch

from app.child.hidden import Hidden, address_of


def test_a_saved_tensor_that_changed_behind_is_a_hit() -> None:
    hidden = Hidden()
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    node = y.grad_fn
    hidden.note(y.data[1:], 4)
    hidden.look([node])
    assert [(hit.name, hit.site) for hit in hidden.hits] == [("ExpBackward0", 4)]


def test_a_node_made_after_the_change_saved_what_is_there() -> None:
    hidden = Hidden()
    w = torch.ones(2, requires_grad=True)
    hidden.note(w, 4)
    hidden.look([(w**2).grad_fn])
    assert hidden.hits == []


def test_an_array_that_shares_memory_stands_where_its_tensor_does() -> None:
    x = torch.ones(3)
    shared, copied = x.numpy(), x.numpy().copy()
    assert (address_of(shared) == address_of(x), address_of(copied) == address_of(x)) == (True, False)
    assert (address_of(1.0), address_of(np.float64(1))) == (None, None)
