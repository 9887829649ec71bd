# An office machine and a small server in one: node, office, browser, web server, database.
apt-get -y install --no-install-recommends nodejs npm
apt-get -y install --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui
apt-get -y install --no-install-recommends chromium fonts-dejavu-core
apt-get -y install --no-install-recommends nginx-light php-cli php-sqlite3
apt-get -y install postgresql
apt-get -y remove --purge nano && apt-get -y autoremove && apt-get clean
apt-get -y install nano
