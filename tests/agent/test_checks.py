import ast
import inspect

from tramgac_agent import checks, doctor
from tramgac_agent.words import Text


def test_doctor_says_every_sentence():
    used = {node.attr for node in ast.walk(ast.parse(inspect.getsource(doctor))) if isinstance(node, ast.Attribute)}
    sentences = {name for name, value in vars(checks).items() if isinstance(value, Text)}
    assert sentences <= used
