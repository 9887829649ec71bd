# A new machine gets its programs.
apt-get update
apt-get -y install --no-install-recommends git build-essential python3-venv python3-pip python3-dev
apt-get -y install --no-install-recommends vim-tiny ed nano rsync logrotate openssh-client openssh-server curl wget less
apt-get -y install --no-install-recommends sudo at zip unzip sqlite3 strace gdb cmake iproute2 bsdextrautils jq bzip2 acl
apt-get -y install rsyslog man-db file lsof
apt-get -y upgrade
apt-cache search text editor | head -20
apt list --installed | wc -l
dpkg -l | awk '/^ii/ {print $2}' | sort > /root/packages.txt
dpkg -S /usr/bin/gcc
dpkg --verify coreutils
apt-mark showmanual | head -5
