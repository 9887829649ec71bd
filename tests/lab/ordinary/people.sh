# People get accounts.
groupadd ketoan
for name in an binh lan; do
    useradd --create-home --shell /bin/bash --comment "Nhân viên" "$name"
    echo "$name:$(head -c 12 /dev/urandom | base64)" | chpasswd
    chage -M 180 "$name"
done
usermod -aG ketoan lan
adduser --disabled-password --gecos '' tam >/dev/null
gpasswd -a tam ketoan
deluser --remove-home tam
id an; getent passwd | tail -4; last | head -3; w
install -d -m 2775 -g ketoan /srv/ketoan
setfacl -m g:ketoan:rwx /srv/ketoan
