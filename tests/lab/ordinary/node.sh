# A programmer and JavaScript.
round=$1
command -v npm >/dev/null || exit 0
su - binh -c "env NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS npm_config_cafile=$npm_config_cafile bash -s $round" <<'WORK'
round=$1
mkdir -p site$round && cd site$round
npm init -y >/dev/null
case $round in
    0) npm install --no-audit --no-fund express ;;
    1) npm install --no-audit --no-fund typescript; npx tsc --version ;;
    2) npm install --no-audit --no-fund --save-dev eslint; npx eslint --version ;;
    *) npm install --no-audit --no-fund semver; npm ls ;;
esac
cat > server.js <<'CODE'
const http = require("http");
http.createServer((_, answer) => answer.end("xin chào\n")).listen(18432, "127.0.0.1");
setTimeout(() => process.exit(0), 4000);
CODE
node server.js & sleep 1
curl -s http://127.0.0.1:18432/
node -e 'console.log(require("os").cpus().length)'
node -e 'require("child_process").execSync("ls -l").toString()'
npm pack --dry-run 2>/dev/null | tail -1
npm run 2>/dev/null; npm cache verify >/dev/null
wait
WORK
