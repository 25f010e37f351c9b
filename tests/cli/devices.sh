#!/usr/bin/env bash
# run --device and --drive: what is refused, each with one line that names it.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

head -c 4096 /dev/zero >"$tmp/raw.bin"
head -c 8192 /dev/zero >"$tmp/disk.img"
head -c 1000 /dev/zero >"$tmp/odd.img"
head -c 512 /dev/zero >"$tmp/with,comma.img"
: >"$tmp/empty.img"
mkdir "$tmp/folder"

refused() { # TEXT PATTERN OPTION...
    local text=$1 pattern=$2
    shift 2
    fails "$text" 2 "$pattern" "$ARMVSIM" run "$@" "$tmp/raw.bin"
}

# Zeros are undefined instructions: a run that begins ends with status 3.
runs() { # TEXT OPTION...
    local text=$1 status=0
    shift
    "$ARMVSIM" run --max-insns 100 "$@" "$tmp/raw.bin" >/dev/null 2>"$tmp/err" || status=$?
    is "$text" $status 3
}

refused "an unknown device" 'armvsim: device "floppy": there is no such device; known: virtio-blk' --device floppy
refused "an unknown key" 'unknown key "colour"; known: file readonly serial' --device virtio-blk,colour=red
refused "a disk without a file" 'file=FILE is missing' --device virtio-blk
refused "a disk that is not there" 'missing\.img: No such file' --drive "$tmp/missing.img"
refused "a folder" 'folder: is a directory' --drive "$tmp/folder"
refused "a folder, read-only" 'folder: is a directory' --device "virtio-blk,file=$tmp/folder,readonly=on"
refused "an empty disk" 'empty\.img: is empty' --drive "$tmp/empty.img"
refused "half a sector" 'odd\.img: its 1000 bytes are not whole sectors of 512' --drive "$tmp/odd.img"
refused "a switch that is neither" 'readonly=maybe: on or off' --device "virtio-blk,file=$tmp/disk.img,readonly=maybe"
refused "one disk twice" 'disk\.img: is in use' --drive "$tmp/disk.img" --drive "$tmp/disk.img"
refused "a key for what has none" 'unknown key "seed"; known: none' --device virtio-rng,seed=1
many=()
for _ in $(seq 33); do many+=(--device virtio-rng); done
refused "more than there are windows" 'no free window' "${many[@]}"
refused "an output file that cannot be made" 'folder: Is a directory' --device "virtio-console,file=$tmp/folder"
refused "a bad address" 'mac=12: XX:XX:XX:XX:XX:XX of one station|without libslirp' --device virtio-net,mac=12
exec 9<"$tmp/disk.img"
flock -x 9
refused "a locked disk" 'disk\.img: is in use' --drive "$tmp/disk.img"
exec 9<&-
runs "a disk" --drive "$tmp/disk.img"
runs "a disk with a comma in its name" --drive "$tmp/with,comma.img"
runs "the same, as a device" --device "virtio-blk,file=$tmp/with,,comma.img"
runs "a disk to read, twice" --device "virtio-blk,file=$tmp/disk.img,readonly=on" \
    --device "virtio-blk,file=$tmp/disk.img,readonly=on"

done_testing
