# Nightly copies.
round=$1
mkdir -p /srv/backup/day && cd /srv/backup || exit
tar -czf home-$round.tar.gz -C / home --exclude=.cache --exclude=venv --exclude=node_modules 2>/dev/null
tar -tzf home-$round.tar.gz | wc -l
tar -cf - -C / etc | gzip > etc-$round.tar.gz
rsync -a --delete /etc/ day/etc/; rsync -a --link-dest=/srv/backup/day/etc /etc/ week-$round/
dpkg --get-selections > packages.txt; getent passwd > passwd.copy; cp -a /var/lib/dpkg/status status-$round
find . -name '*.tar.gz' -mtime +30 -delete; sha256sum ./*.gz > sums.txt; sha256sum -c --quiet sums.txt
mkdir -p restore && tar -xzf etc-$round.tar.gz -C restore etc/hostname etc/passwd && rm -rf restore week-$round
openssl enc -aes-256-cbc -pbkdf2 -pass pass:thu -in etc-$round.tar.gz -out etc-$round.enc && shred -u etc-$round.enc
cpio -o < /dev/null > empty.cpio 2>/dev/null; dd if=/dev/zero of=fill bs=1M count=4 status=none; xz -f fill; rm -f fill.xz
