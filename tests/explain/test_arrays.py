"""A tensor of a graph, handed to NumPy or to what draws."""

import pytest

from app.explain import find_mistakes
from app.explain.facts import Facts

from .given import raised, spot, tensor

WORDS = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."


@pytest.mark.parametrize(
    ("source", "where", "id", "corrected"),
    [
        ("y = np.exp(x)", "numpy", "numpy-function", "y = torch.exp(x)"),
        ("y = np.fft.fft(x)", "numpy", "numpy-function", None),
        ("a = x.numpy()", "", "numpy-requires-grad", "a = x.detach().numpy()"),
        ("plt.plot(x)", "matplotlib.pyplot", "numpy-requires-grad", "plt.plot(x.detach())"),
    ],
)
def test_each_gets_what_it_can_take(source: str, where: str, id: str, corrected: str | None) -> None:
    text = source.rpartition(" = ")[2]
    trouble = raised(WORDS, spot(source, text), tensor("x"), where=where)
    (found,) = find_mistakes(Facts(source, trouble=trouble))
    assert (found.id, found.variable, found.fixed_source) == (id, "x", corrected)


def test_other_complaints_about_arguments_are_left_alone() -> None:
    assert find_mistakes(Facts("f(a=1)", trouble=raised("f() got an unexpected keyword argument 'a'"))) == []
