# A programmer and git.
round=$1
if [ "$round" = 0 ]; then
    install -d -o an -g an /srv/git
    su - an -c 'git config --global user.name An; git config --global user.email an@example.org
        git config --global init.defaultBranch main; git init -q --bare /srv/git/table.git'
fi
su - an -c "bash -s $round" <<'WORK'
round=$1
rm -rf copy$round && git clone -q /srv/git/table.git copy$round && cd copy$round
mkdir -p src && for n in $(seq 1 15); do echo "line $round $n" >> src/part$n.txt; done
git add . && git commit -q -m "Round $round" && git push -q origin HEAD:main
git switch -q -c idea && sed -i 's/line/LINE/' src/part1.txt && git commit -q -am idea && git switch -q main 2>/dev/null || git checkout -q -b main
git merge -q idea && git log --oneline | head -3 && git status --short && git diff HEAD~1 --stat
printf '#!/bin/sh\ngrep -rn FIXME src && exit 1\nexit 0\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit
echo more >> src/part2.txt && git commit -q -am more && git rebase -q HEAD~1 && git stash list && git tag v$round
git archive HEAD | tar -t | wc -l && git gc -q && git fsck && git push -q --tags origin HEAD:main
git bisect start -q HEAD HEAD~1 2>/dev/null; git bisect reset -q; git grep -n more | head -2
WORK
