"""What an agent may answer is said in sentences."""

from app.agent.agent import Unreachable, Word


def test_an_agent_out_of_reach_says_what_to_do() -> None:
    assert str(Unreachable()).endswith("What was recorded is kept; try again in a moment.")


def test_a_word_says_nothing_until_told() -> None:
    assert Word() == Word(runs={}, gone=(), lost=False)
