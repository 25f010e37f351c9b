#!/usr/bin/env bash
# What a hypervisor gets wrong must show: hyp/tiny with one line broken does not print the console of the right
# one. QEMU does not see the first (it drops its TLB whenever VTTBR_EL2 changes).
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

cd "$BUILDDIR" || exit 1
ninja -t commands hyp/tiny.elf >"$tmp/commands"

# broken TEXT FILE SED: builds tiny with FILE changed by SED, by the build's own commands, and runs it.
broken() {
    local text=$1 file=$2 change=$3 object compile link
    object=hyp/hyp_tiny_tiny_${file%.*}_${file##*.}.o
    sed -E "$change" "$SRCDIR/hyp/tiny/$file" >"$tmp/$file"
    if cmp -s "$SRCDIR/hyp/tiny/$file" "$tmp/$file"; then
        ok "$text" sh -c "echo the change does not apply to $file any more; exit 1"
        return
    fi
    compile=$(grep -F -- " -o $object" "$tmp/commands" | sed -E "s|-MD -MF [^ ]*||; s| -c [^ ]*| -c $tmp/$file|;
        s| -o [^ ]*| -o $tmp/broken.o|")
    link=$(grep -F -- " -o hyp/tiny.elf" "$tmp/commands" | sed -E "s| $object| $tmp/broken.o|;
        s| -o [^ ]*| -o $tmp/broken.elf|")
    if ! { eval "$compile" && eval "$link"; } >"$tmp/.out" 2>&1; then
        ok "$text" sh -c "cat '$tmp/.out'; exit 1"
        return
    fi
    "$ARMVSIM" run "$tmp/broken.elf" --quiet --cpu cortex-a53 --max-insns 100M >"$tmp/console" 2>/dev/null \
        </dev/null
    # It must have started: a console without its first line would differ for another reason.
    ok "$text" sh -c "grep -q '^\[hyp\] tiny: at EL2' '$tmp/console' && \
        ! diff -q '$SRCDIR/hyp/tiny/expected.txt' '$tmp/console'"
}

broken "both VMs under VMID 1" stage2.c 's/\(uint64_t\)vm->id << VTTBR_VMID_SHIFT/1UL << VTTBR_VMID_SHIFT/'
broken "no TLBI after a stage-2 page is taken away" stage2.c 's/^    tlbi_(ipas2e1is|vmalle1is)\(.*//'
broken "VTTBR_EL2 not switched" world_switch.c 's/.*VTTBR_EL2.*//'
done_testing
