# An accountant and her papers.
round=$1
command -v soffice >/dev/null || exit 0
su - lan -c "bash -s $round" <<'WORK'
round=$1
mkdir -p Documents && cd Documents
printf 'Tháng,Thu,Chi\n1,12,%s\n2,15,11\n' "$round" > so-$round.csv
printf '<html><body><h1>Báo cáo %s</h1><p>Kính gửi phòng kế toán.</p></body></html>' "$round" > bao-cao-$round.html
soffice --headless --convert-to xlsx so-$round.csv >/dev/null
soffice --headless --convert-to ods so-$round.xlsx >/dev/null
soffice --headless --convert-to odt bao-cao-$round.html >/dev/null
soffice --headless --convert-to pdf bao-cao-$round.odt >/dev/null
soffice --headless --convert-to docx bao-cao-$round.odt >/dev/null
cp so-$round.xlsx bao-cao-$round.pdf /srv/ketoan/
zip -q thang-$round.zip ./*-$round.* && unzip -l thang-$round.zip | tail -1 && unzip -q -o thang-$round.zip -d giai-nen
mv bao-cao-$round.docx "Báo cáo tháng $round.docx"; ls -la; file ./*.pdf; du -sh .
rm -f so-$round.csv~ giai-nen/*.html
WORK
