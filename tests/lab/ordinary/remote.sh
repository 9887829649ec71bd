# Machines talk by ssh: keys, copies, tunnels for a database.
round=$1
[ -x /usr/sbin/sshd ] || exit 0
mkdir -p /run/sshd && ssh-keygen -A >/dev/null
[ -f /run/sshd.pid ] || /usr/sbin/sshd -p 18422 -o ListenAddress=127.0.0.1
su - an -c "bash -s $round" <<'WORK'
round=$1
to="-p 18422 -o StrictHostKeyChecking=no -o BatchMode=yes"
mkdir -p -m 700 .ssh
if [ ! -f .ssh/id_ed25519 ]; then
    ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519
    ssh-keyscan -p 18422 127.0.0.1 > .ssh/known_hosts 2>/dev/null
    vim.tiny -es -c "r .ssh/id_ed25519.pub" -c 'wq!' .ssh/authorized_keys; chmod 600 .ssh/authorized_keys
fi
ssh -n $to 127.0.0.1 'uptime; ls reports | head -2'
if [ ! -f .ssh/second ]; then
    ssh-keygen -q -t ed25519 -N '' -f .ssh/second
    ssh-copy-id -f -i .ssh/second.pub -p 18422 -o StrictHostKeyChecking=no 127.0.0.1 </dev/null
fi
ssh-keygen -lf .ssh/id_ed25519.pub; ssh-keygen -R '[127.0.0.1]:18422' >/dev/null 2>&1
echo "round $round" > note.txt
scp -q -P 18422 -o StrictHostKeyChecking=no note.txt 127.0.0.1:note-copy.txt </dev/null
rsync -a -e "ssh $to" reports/ 127.0.0.1:reports-copy/ --exclude venv </dev/null
printf 'put note.txt note-sftp.txt\nls\nquit\n' | sftp -q -P 18422 -o BatchMode=yes 127.0.0.1
ssh -n -f -N -L 127.0.0.1:18437:127.0.0.1:18422 $to 127.0.0.1; ssh-keyscan -p 18437 127.0.0.1 2>/dev/null | wc -l; pkill -u an -f 18437
eval "$(ssh-agent)" >/dev/null; ssh-add -q .ssh/id_ed25519; ssh-add -l; ssh-agent -k >/dev/null
WORK
