"""Runs one function of any Python module as a step: step(params) -> dict.

    python3 etl_runner.py MODULE [FUNCTION]

MODULE is the path of a Python file or the name of an importable module, FUNCTION is "step" unless it
is given. The function gets the parameters as a dict, with the outputs of earlier steps under
"previous_outputs" where there are any. The dict that it returns is the step's output. What it prints
goes to the task's log, and so does a traceback; report_progress(42, "reading rows") of this module,
or printing "PROGRESS 42 reading rows", sets the progress.

Needs Python 3.8 or later and nothing else.
"""

import asyncio
import datetime
import decimal
import importlib
import importlib.util
import inspect
import json
import math
import os
import pathlib
import sys
import traceback
import uuid


def report_progress(percent, stage=""):
    """Says how far the step is, 0 to 100."""
    print("PROGRESS %d %s" % (int(percent), stage), file=sys.stderr, flush=True)


def load(module):
    """The module of that file or name."""
    if not (module.endswith(".py") or os.sep in module):
        return importlib.import_module(module)
    path = pathlib.Path(module).resolve()
    if not path.is_file():
        raise FileNotFoundError("there is no Python file %s" % module)
    # What lies beside a module can be imported from it, as if it were run by itself.
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def find(module, name):
    """The function of that name."""
    function = getattr(module, name, None)
    if not callable(function):
        raise AttributeError("%s has no function %s" % (module.__name__, name))
    return function


def plain(value, where="result"):
    """A value as JSON knows it; says where one is that JSON cannot spell."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("%s is %r: JSON has no such number" % (where, value))
        return value
    if isinstance(value, dict):
        return {str(key): plain(item, "%s.%s" % (where, key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, "%s[%d]" % (where, i)) for i, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item, where) for item in value), key=str)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, pathlib.PurePath, uuid.UUID)):
        return str(value)
    if callable(getattr(value, "item", None)):
        return plain(value.item(), where)  # a number of NumPy's
    raise TypeError("%s is a %s: return texts, numbers, lists and dicts"
                    % (where, type(value).__name__))


def main(argv):
    if len(argv) not in (2, 3):
        print("usage: etl_runner.py MODULE [FUNCTION]", file=sys.stderr)
        return 2
    # The real standard output is kept for the result; prints, also those of C code, go to the log.
    result_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = os.fdopen(
        1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    # So that a module may "import etl_runner" and finds this one.
    sys.modules.setdefault("etl_runner", sys.modules[__name__])
    sys.dont_write_bytecode = True  # the folder of the steps is not ours to write to
    try:
        source = os.environ.get("ETL_PARAMETERS_FILE")
        if source:
            with open(source, encoding="utf-8") as file:
                params = json.load(file)
        else:
            params = json.loads(sys.stdin.buffer.read().decode("utf-8") or "{}")
        function = find(load(argv[1]), argv[2] if len(argv) == 3 else "step")
        result = function(params)
        if inspect.isawaitable(result):
            result = asyncio.run(waited_for(result))
        if not isinstance(result, dict):
            raise TypeError("%s returned a %s: a step returns a dict"
                            % (function.__name__, type(result).__name__))
        text = json.dumps(plain(result), allow_nan=False)
    except SystemExit:
        raise
    except BaseException as failure:
        traceback.print_exc()
        sys.stdout.flush()
        if "\n" in str(failure):
            # The last line is what the task's error quotes.
            line = " ".join(str(failure).split())
            print("%s: %s" % (type(failure).__name__, line), file=sys.stderr, flush=True)
        return 1
    sys.stdout.flush()
    result_out.write(text + "\n")
    result_out.close()
    return 0


async def waited_for(awaitable):
    return await awaitable


if __name__ == "__main__":
    sys.exit(main(sys.argv))
