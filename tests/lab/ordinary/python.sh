# A programmer and Python.
round=$1
su - an -c "bash -s $round" <<'WORK'
round=$1
mkdir -p reports/report$round && cd reports/report$round
[ -d ../venv ] || python3 -m venv ../venv
. ../venv/bin/activate
case $round in
    0) pip install -q --upgrade pip; pip install -q flask requests pytest pyyaml ;;
    1) pip install -q --no-binary :all: markupsafe; pip install -q black mypy ;;
    2) pip install -q numpy; pip download -q --no-deps -d wheels rich; pip list --outdated ;;
    *) pip install -q --upgrade rich; pip freeze > requirements.txt; pip uninstall -q -y rich ;;
esac
cat > table.py <<'CODE'
"""Sum a table."""
import csv, io, json, subprocess, tempfile

def total(text):
    return sum(int(row["amount"]) for row in csv.DictReader(io.StringIO(text)))

def kernel():
    return subprocess.run(["uname", "-r"], capture_output=True, text=True).stdout.strip()

if __name__ == "__main__":
    with tempfile.NamedTemporaryFile("w", suffix=".json") as out:
        json.dump({"total": total("amount\n3\n4\n"), "kernel": kernel()}, out)
    print(total("amount\n3\n4\n"))
CODE
cat > test_table.py <<'CODE'
from table import kernel, total

def test_total():
    assert total("amount\n3\n4\n") == 7

def test_kernel():
    assert kernel()
CODE
python -m pytest -q
python table.py
python3 -c 'import sys; print(sys.version)'
python3 -c "import json,urllib.request; print(json.dumps({'a': 1}))"
python -m json.tool <<< '{"a": [1, 2]}'
python -m http.server 18431 --bind 127.0.0.1 & server=$!
sleep 2
curl -s http://127.0.0.1:18431/table.py | md5sum
wget -q -O copy.py http://127.0.0.1:18431/table.py
python -c 'import requests; print(requests.get("http://127.0.0.1:18431/table.py").status_code)'
kill $server
python -m compileall -q .
python -m cProfile -o profile.out table.py
python -m venv --without-pip spare && rm -rf spare
base64 table.py > table.b64 && base64 -d table.b64 | cmp - table.py
WORK
