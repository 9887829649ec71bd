# Jobs by the clock; the daemon runs until the end.
crontab -l
printf '%s\n' '* * * * * date >> $HOME/clock.txt' '*/5 * * * * find $HOME/.cache -type f -mtime +7 -delete' > /home/an/table
chown an: /home/an/table
su - an -c 'crontab table; crontab -l; rm table'
vim.tiny -es -c 'normal i*/3 * * * * root /usr/local/sbin/disk-report' -c 'wq' /etc/cron.d/disk-report
cat > /usr/local/sbin/disk-report <<'SCRIPT'
#!/bin/sh
# Tell when a disk fills up.
df -P | awk 'NR > 1 && $5 + 0 > 90 {print $6, $5}' | while read -r point used; do
    logger -t disk-report "$point is $used full"
done
du -sh /var/log /home 2>/dev/null > /var/tmp/disk-report.txt
SCRIPT
chmod 755 /usr/local/sbin/disk-report
echo "" >> /etc/cron.d/disk-report
cron
rsyslogd
atd
echo 'date > /tmp/at.txt' | at now + 1 minute
atq
