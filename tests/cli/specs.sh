# Sourced by the scripts here, after tap.sh: programs for specs of `armvsim test`, in a folder that is the current one then.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # tmp is tap.sh's; status is for the scripts.

cd "$tmp" || exit 1

# say.S prints a text and ends: 0 power-off, 1 crash, 2 never, 3 waits for ever, 4 semihosting with status 7.
cat >say.S <<'END'
    .globl _start
_start:
    movz x1, #0x0900, lsl #16
    adr x2, text
1:  ldrb w3, [x2], #1
    cbz w3, 2f
    str w3, [x1]
    b 1b
2:
#if HOW == 0
    movz w0, #0x8400, lsl #16
    movk w0, #8
    smc #0
#elif HOW == 1
    .inst 0
#elif HOW == 2
    b .
#elif HOW == 3
    wfi
    b 2b
#elif HOW == 4
    mov w0, #0x18
    adr x1, block
    hlt #0xf000
    .balign 8
block: .quad 0x20026, 7
#endif
text: .asciz TEXT
END
# hv.S: EL1 makes four HVCs from `guest`, of which the third takes 20 instructions longer.
cat >hv.S <<'END'
    .globl _start
    .globl guest
_start:
    adr x0, vectors
    msr vbar_el2, x0
    mov x0, #0x80000000
    msr hcr_el2, x0
    mov x0, #0x3c5
    msr spsr_el2, x0
    adr x0, guest
    msr elr_el2, x0
    mov x9, #0
    eret
guest:
    hvc #1
    hvc #1
    hvc #1
    hvc #1
    b .
handler:
    add x9, x9, #1
    cmp x9, #4
    b.eq 3f
    cmp x9, #3
    b.ne 2f
    mov x10, #10
1:  subs x10, x10, #1
    b.ne 1b
2:  eret
3:  movz w0, #0x8400, lsl #16
    movk w0, #8
    smc #0
    .balign 2048
vectors:
    .space 0x400
    b handler
END
build() {
    aarch64-linux-gnu-gcc -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x40080000 "${@:3}" -o "$2" "$1"
}
if ! { build say.S say.elf -DHOW=0 '-DTEXT="alpha\r\nbeta [x] 1\r\n\033[2Jgamma <&>\n"' &&
    build say.S crash.elf -DHOW=1 '-DTEXT="before\n"' && build say.S loop.elf -DHOW=2 '-DTEXT="ready\n"' &&
    build say.S idle.elf -DHOW=3 '-DTEXT=""' && build say.S seven.elf -DHOW=4 '-DTEXT="seven\n"' &&
    build hv.S hv.elf; } >"$tmp/.out" 2>&1; then
    sed 's/^/# /' "$tmp/.out"
    echo "Bail out! the programs cannot be made"
    exit 1
fi

# spec NAME, with its text on the standard input; [run] gets timing = none.
spec() {
    sed 's/^\[run\]$/[run]\ntiming = none/' >"$1.spec"
}
# run ARGUMENT...: leaves stdout in `out`, stderr in `err`, and sets `status`.
run() {
    status=0
    "$ARMVSIM" test "$@" >out 2>err </dev/null || status=$?
}
