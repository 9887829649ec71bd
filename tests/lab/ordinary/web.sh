# A small web server and a database.
round=$1
command -v nginx >/dev/null || exit 0
if [ "$round" = 0 ]; then
    sed -i 's/listen 80 default_server/listen 127.0.0.1:18434 default_server/; /listen \[::\]/d' /etc/nginx/sites-available/default
    pg_conftool 15 main set listen_addresses ''
    pg_conftool 15 main set port 18436
    pg_ctlcluster 15 main start
fi
nginx -t; nginx; sleep 1
curl -s http://127.0.0.1:18434/ | head -1; curl -sI http://127.0.0.1:18434/none | head -1
mkdir -p /var/www/app && printf '<?php echo strlen(file_get_contents("php://input")), trim(shell_exec("gzip -V | head -1")); ' > /var/www/app/index.php
chown -R www-data: /var/www/app
su -s /bin/sh www-data -c 'php -S 127.0.0.1:18435 -t /var/www/app' >/dev/null 2>&1 & sleep 1
curl -s -X POST -F 'file=@/etc/hostname' http://127.0.0.1:18435/; curl -s -T /etc/hostname http://127.0.0.1:18435/
php -r 'echo PHP_VERSION;'
nginx -s reload; sleep 1; nginx -s stop; pkill -u www-data php
su - postgres -c "psql -q -p 18436 -c 'create table if not exists t(x int)' -c 'insert into t values($round)' -c 'select count(*) from t'"
su - postgres -c 'pg_dump -p 18436 -Fc postgres -f /tmp/postgres.dump; psql -At -p 18436 -c "select version()"'; rm -f /tmp/postgres.dump
