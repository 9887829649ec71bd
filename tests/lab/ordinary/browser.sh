# Someone reads pages: of a local server, and a file.
round=$1
command -v chromium >/dev/null || exit 0
su - lan -c "bash -s $round" <<'WORK'
round=$1
mkdir -p pages Downloads && cd pages
printf '<html><title>Trang %s</title><body><a href="two.html">hai</a><script>document.title+="!"; localStorage.x=1</script></body></html>' "$round" > one.html
printf '<html><body>Hai</body></html>' > two.html
python3 -m http.server 18433 --bind 127.0.0.1 >/dev/null 2>&1 & server=$!
sleep 1
for page in one two; do
    timeout 60 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=3000 \
        --dump-dom http://127.0.0.1:18433/$page.html 2>/dev/null | tail -1
done
timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$HOME/.config/chromium" \
    --screenshot="$HOME/Downloads/trang-$round.png" "file://$PWD/one.html" 2>/dev/null
timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$HOME/.config/chromium" \
    --print-to-pdf="$HOME/Downloads/trang-$round.pdf" http://127.0.0.1:18433/one.html 2>/dev/null
kill $server
WORK
