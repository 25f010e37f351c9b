#!/usr/bin/env bash
# Debian's arm64 kernel with busybox, to userland and some shell work (linux-init), under armvsim and QEMU: at EL1; at
# EL2 on a cortex-a57, where KVM runs in nVHE mode; at EL2 with VHE on `max`; GICv2 and GICv3; 1, 2 and 4 PEs. What the
# processes print must be the same to the letter, and the kernel's lines the same as a set, but for those below.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

fetch=$SRCDIR/tests/real/fetch.sh
command -v cpio >/dev/null || { skip "Linux" "cpio is missing (Debian package cpio)" && done_testing; }
if ! kernel=$("$fetch" linux-image-arm64 arm64 2>"$tmp/why") || ! busybox=$("$fetch" busybox-static arm64 2>"$tmp/why"); then
    skip "Linux" "$(cat "$tmp/why")"
    done_testing
fi
image=$(echo "$kernel"/boot/vmlinuz-*)
append="console=ttyAMA0 panic=-1 rdinit=/init"

# Kernel lines that may differ. (QEMU 7.2's GICv3 has 256 SPIs, and its GICD_TYPER.ITLinesNumber says 224.)
cat >"$tmp/differ" <<'S'
^(Memory: |NUMA: NODE_DATA|random: |audit: |.*setting system clock)
^(pci|.*pcie)
^CPU features: detected: 32-bit EL[01] Support
setend
ttyAMA0 at MMIO .* \(irq = 
^Trying to unpack rootfs|^Freeing (initrd|unused kernel) memory
^(arch_timer|sched_clock|clocksource|Calibrating|node 0 deferred|cblist)
^CPU features: (detected: |emulated: )?(0x|.*\(|Spectre|ARM errat)
^(Detected [A-Z]+ I-cache|percpu: |Kernel command line|Booting Linux)
^(raid6|xor|cryptd|alg|jitterentropy)
^(psci|SMCCC|smccc)
^rcu:
^GICv3: [0-9]+ SPIs implemented
^(PM: |workingset|pstore|ledtrig|EFI |efi|DMI )
S
# Of `max` also what it has and QEMU's has not, and the other way round (models/SOURCES.md).
{ cat "$tmp/differ" && printf '%s\n' '^CPU features:' '^SVE:' '^ASID allocator'; } >"$tmp/differ-max"

make_initrd() {
    mkdir -p "$tmp/root/bin" "$tmp/root/modules"
    cp "$busybox/bin/busybox" "$tmp/root/bin"
    cp "$SRCDIR/tests/real/linux-init" "$tmp/root/init"
    for module in virtio_mmio virtio_blk failover net_failover virtio_net virtio-rng virtio_console; do
        find "$kernel/lib/modules" -name "$module.ko" -exec cp {} "$tmp/root/modules" \;
    done
    (cd "$tmp/root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet | gzip -n >"$tmp/initrd.gz")
    seq 1 800000 | head -c 4194304 >"$tmp/disk"
}

# boot BOARD CPU PES DISK
boot() {
    "$ARMVSIM" run "$image" --board "virt,$1" --cpu "$2" --smp "$3" --mem 512M --initrd "$tmp/initrd.gz" \
        --append "$append" --timing none --drive "$4" --device virtio-net --device virtio-rng --quiet \
        --max-insns 20G >"$tmp/ours.console" 2>"$tmp/ours.err"
}

# emulate BOARD CPU PES DISK
emulate() {
    timeout 600 qemu-system-aarch64 -M "virt,dtb-randomness=off,$1" -cpu "$2" -smp "$3" -m 512 -display none \
        -monitor none -serial stdio -nic none -no-reboot -kernel "$image" -initrd "$tmp/initrd.gz" \
        -append "$append" -global virtio-mmio.force-legacy=false \
        -drive "if=none,id=disk,format=raw,file=$4" -device virtio-blk-device,drive=disk \
        -netdev user,id=net -device virtio-net-device,netdev=net -device virtio-rng-device \
        -icount shift=0,sleep=off >"$tmp/theirs.console" 2>"$tmp/theirs.err" </dev/null
}

# split NAME CPU: NAME.kernel, the kernel's lines without time stamps, and NAME.user, the rest.
split() {
    local differ=$tmp/differ
    [ "$2" = max ] && differ=$tmp/differ-max
    tr -d '\r' <"$tmp/$1.console" | grep -E '^\[ *[0-9]+\.' | sed -E 's/^\[ *[0-9.]+\] //' |
        grep -vE -f "$differ" | LC_ALL=C sort >"$tmp/$1.kernel"
    tr -d '\r' <"$tmp/$1.console" | grep -vE '^\[ *[0-9]+\.' >"$tmp/$1.user"
}

# compare BOARD CPU PES WHAT
compare() {
    local name="$4, $1, $3 PEs" status pid=
    cp "$tmp/disk" "$tmp/disk.ours"
    cp "$tmp/disk" "$tmp/disk.theirs"
    if command -v qemu-system-aarch64 >/dev/null; then
        emulate "$1" "$2" "$3" "$tmp/disk.theirs" &
        pid=$!
    fi
    boot "$1" "$2" "$3" "$tmp/disk.ours"
    status=$?
    split ours "$2"
    is "$name: powers off" "$status $(cat "$tmp/ours.err")" "0 "
    like "$name: the disk keeps what was written" "$(head -c 20 "$tmp/disk.ours")" "marked by the guest"
    is "$name: warnings" "$(grep -E 'complaint|failed' "$tmp/ours.user")" ""
    like "$name: it saw all PEs" "$(cat "$tmp/ours.user")" "$3 of $3 PEs have had timer interrupts"
    if [ -z "$pid" ]; then
        skip "$name: the same as under QEMU" "qemu-system-aarch64 is missing (Debian package qemu-system-arm)"
        return
    fi
    wait "$pid"
    is "$name: QEMU's exit status" "$? $(cat "$tmp/theirs.err")" "0 "
    split theirs "$2"
    ok "$name: processes print the same as under QEMU" diff "$tmp/theirs.user" "$tmp/ours.user"
    ok "$name: the kernel says the same as under QEMU" diff "$tmp/theirs.kernel" "$tmp/ours.kernel"
}

# --files FOLDER: only leaves the kernel, the initial RAM disk and the disk there (bench/linux).
if [ "${1:-}" = --files ]; then
    make_initrd
    cp "$image" "$tmp/initrd.gz" "$tmp/disk" "$2"
    exit
fi

make_initrd
for pes in 1 2 4; do
    for gic in 2 3; do
        compare "virtualization=off,gic-version=$gic" cortex-a57 $pes "at EL1"
        compare "virtualization=on,gic-version=$gic" cortex-a57 $pes "at EL2"
        compare "virtualization=on,gic-version=$gic" max $pes "at EL2 with VHE"
    done
done
done_testing
