# An administrator looks after the machine.
round=$1
uptime; free -m; df -h; ps aux | head -5; ss -tlnp; ip addr; ip route; lsof -i -n | head -3; who; uname -a; hostname
systemctl --version | head -1; systemctl list-unit-files | head -5; journalctl --disk-usage; dmesg 2>/dev/null | tail -1
cat > /etc/systemd/system/bao-cao.service <<UNIT
[Unit]
Description=Report of round $round
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/disk-report
UNIT
printf '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n' > /etc/systemd/system/bao-cao.timer
systemctl daemon-reload; systemctl enable bao-cao.timer; systemctl disable bao-cao.timer; systemctl status cron 2>/dev/null
vim.tiny -es -c 'normal Go# looked over' -c 'wq' /etc/ssh/sshd_config
sed -i "s/^#\?MaxAuthTries.*/MaxAuthTries $((3 + round % 3))/" /etc/ssh/sshd_config
printf 'w\nq\n' | ed -s /etc/hosts
echo "alias ll='ls -l'" >> /root/.bashrc
printf '%%ketoan ALL=(root) NOPASSWD: /usr/local/sbin/disk-report\n' > /root/ketoan && visudo -cf /root/ketoan
EDITOR='cp /root/ketoan' visudo -f /etc/sudoers.d/ketoan
su - lan -c 'sudo -n /usr/local/sbin/disk-report; sudo -l'
useradd --system --shell /usr/sbin/nologin dichvu$round; usermod -L dichvu$round; passwd -S an; passwd -l dichvu$round; userdel dichvu$round
find / -xdev -perm -4000 -type f 2>/dev/null; find /var/log -name '*.log' -size +10M; find /tmp -mtime +3 -delete
for n in $(seq 1 40); do logger -t app "line $n of round $round"; done
printf '/var/log/app.log {\n weekly\n rotate 3\n compress\n missingok\n}\n' > /etc/logrotate.d/app
for n in $(seq 1 200); do echo "round $round line $n"; done >> /var/log/app.log
logrotate -f /etc/logrotate.conf; ls /var/log
tail -n 3 /var/log/syslog; grep -c cron /var/log/syslog; awk '{print $5}' /var/log/syslog | sort | uniq -c | sort -rn | head -3
tar -czf /root/etc-$round.tgz /etc 2>/dev/null; md5sum /root/etc-$round.tgz; sha256sum /usr/sbin/sshd
chmod 640 /var/log/app.log; chown root:adm /var/log/app.log; chmod u+x,g-w /usr/local/sbin/disk-report
update-alternatives --list editor; ldconfig; locale -a | head -2; date; cal 2>/dev/null; timedatectl 2>/dev/null
getcap -r /usr/bin 2>/dev/null; setcap cap_net_bind_service=+ep /usr/bin/nodejs 2>/dev/null
watch -n 1 -t date & sleep 2; kill $!; kill -0 1; sysctl -n kernel.pid_max; nice -n 5 true
sqlite3 /root/inventory.db "create table if not exists host(name, day); insert into host values('may-tram-01', $round); select count(*) from host"
touch -d yesterday /root/stamp; touch /root/.hushlogin; ln -sf /root/inventory.db /root/latest; history -c
apt-get -qq update; apt-get -s upgrade | tail -1; apt-get -y -qq install --reinstall less tree
cp -a /etc/nginx /root/nginx-$round 2>/dev/null; diff -r /etc/nginx /root/nginx-$round; rm -rf /root/nginx-$round
