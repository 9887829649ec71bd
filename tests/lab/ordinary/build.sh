# A programmer and C: a package from source, and programs of her own.
round=$1
if [ "$round" = 0 ]; then
    sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/*.sources
    apt-get update
fi
su - an -c "bash -s $round" <<'WORK'
round=$1
mkdir -p build && cd build
case $round in
    0) [ -d hello-* ] || apt-get -q source hello
       cd hello-*/ && ./configure --prefix="$HOME/.local" >/dev/null && make -j2 >/dev/null && make install >/dev/null
       make -s clean ;;
    1) apt-get -q source bzip2 && cd bzip2-*/ && make -s && ./bzip2 --help 2>/dev/null ;;
    2) apt-get -q source jq >/dev/null; ls ;;
    *) rm -rf bzip2-*/ ;;
esac
cd ~/build && mkdir -p small$round && cd small$round
for n in 1 2 3 4 5 6; do printf '#include <stdio.h>\nint f%d(void) { return puts("%d"); }\n' $n $n > f$n.c; done
printf 'int f1(void);\nint main(void) { return f1() < 0; }\n' > main.c
printf 'all: main\nmain: main.o f1.o f2.o f3.o f4.o f5.o f6.o\n\t$(CC) -o $@ $^\nclean:\n\trm -f *.o main\n' > Makefile
make -s -j2 && ./main && strip main && ./main && objdump -d main | tail -1 && ldd main && nm -D main | head -3
gcc -shared -fPIC -o libf.so f2.c && gcc -g -O0 -o debug main.c f1.c && gdb -batch -ex 'break main' -ex run -ex bt ./debug
strace -f -o trace.txt ./main && tail -1 trace.txt
cmake -E make_directory out && printf 'cmake_minimum_required(VERSION 3.20)\nproject(small C)\nadd_executable(small main.c f1.c)\n' > CMakeLists.txt
cmake -S . -B out >/dev/null && cmake --build out >/dev/null && ./out/small
mkdir -p /tmp/try$round && cp main /tmp/try$round/main && /tmp/try$round/main; rm -rf /tmp/try$round
make -s clean
WORK
