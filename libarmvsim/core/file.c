/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file file.c
 * Reading of input files: one line of text for everything that can be wrong with a file before its contents
 * mean something. ELF identification after the System V gABI and the ELF for the Arm 64-bit Architecture
 * (AAELF64).
 */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES (UINT64_C(2) << 30)

static avs_status io_error(struct avs_machine *m, const char *path, int why)
{
    return avs_fail(m, AVS_ERR_IO, "%s: %s", path, strerror(why));
}

static avs_status check_kind(struct avs_machine *m, const char *path, const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: is a directory", path);
    if (!S_ISREG(st->st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: is not a regular file", path);
    if (st->st_size == 0)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: is empty", path);
    if ((uint64_t)st->st_size > FILE_MAX_BYTES)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: is larger than 2 GiB", path);
    return AVS_OK;
}

static avs_status read_all(struct avs_machine *m, const char *path, int fd, uint8_t *to, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, to, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return io_error(m, path, errno);
        if (n == 0)
            return avs_fail(m, AVS_ERR_IO, "%s: became shorter while it was read", path);
        to += n;
        len -= (size_t)n;
    }
    return AVS_OK;
}

static avs_status read_open_file(struct avs_machine *m, const char *path, int fd, uint8_t **bytes,
                                 size_t *len)
{
    struct stat st;
    avs_status s;

    if (fstat(fd, &st) < 0)
        return io_error(m, path, errno);
    s = check_kind(m, path, &st);
    if (s)
        return s;
    *len = (size_t)st.st_size;
    *bytes = malloc(*len);
    if (!*bytes)
        return avs_fail(m, AVS_ERR_NOMEM, "%s: no memory for its %zu bytes", path, *len);
    s = read_all(m, path, fd, *bytes, *len);
    if (s) {
        free(*bytes);
        *bytes = NULL;
    }
    return s;
}

avs_status file_read(struct avs_machine *m, const char *path, uint8_t **bytes, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    avs_status s;

    *bytes = NULL;
    *len = 0;
    if (fd < 0)
        return io_error(m, path, errno);
    s = read_open_file(m, path, fd, bytes, len);
    close(fd);
    return s;
}

bool file_is_elf(const uint8_t *bytes, size_t len)
{
    return len >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

/* Machines that people confuse with ours. */
static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        { EM_386, "x86" },      { EM_X86_64, "x86-64" }, { EM_ARM, "32-bit Arm" },
        { EM_RISCV, "RISC-V" }, { EM_PPC64, "POWER" },   { EM_MIPS, "MIPS" },
        { EM_S390, "S/390" },   { EM_SPARCV9, "SPARC" }, { EM_LOONGARCH, "LoongArch" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].machine == machine)
            return names[i].name;
    }
    return NULL;
}

/* Checks e_ident and e_machine; both byte orders and both classes keep e_machine at the same offset. */
static avs_status check_ident(struct avs_machine *m, const char *path, const uint8_t *bytes, size_t len)
{
    enum { MACHINE_OFFSET = 18 };
    bool big = len > EI_DATA && bytes[EI_DATA] == ELFDATA2MSB;
    unsigned machine;
    const char *name;

    if (!file_is_elf(bytes, len))
        return avs_fail(m, AVS_ERR_FORMAT, "%s: is not an ELF file", path);
    if (len < MACHINE_OFFSET + 2)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: truncated ELF file: no header", path);
    machine = (unsigned)bytes[MACHINE_OFFSET + big] | (unsigned)bytes[MACHINE_OFFSET + !big] << 8;
    name = machine_name(machine);
    if (machine != EM_AARCH64 && name)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: ELF for %s, not AArch64", path, name);
    if (machine != EM_AARCH64)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: ELF for machine %u, not AArch64", path, machine);
    if (bytes[EI_CLASS] != ELFCLASS64)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: 32-bit ELF (ILP32), not 64-bit", path);
    if (bytes[EI_DATA] != ELFDATA2LSB)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: big-endian ELF, not little-endian", path);
    if (len < sizeof(Elf64_Ehdr))
        return avs_fail(m, AVS_ERR_FORMAT, "%s: truncated ELF file: no header", path);
    return AVS_OK;
}

avs_status file_open_elf(struct avs_machine *m, const char *path, const uint8_t *bytes, size_t len,
                         Elf **out)
{
    avs_status s = check_ident(m, path, bytes, len);

    *out = NULL;
    if (s)
        return s;
    elf_version(EV_CURRENT);
    *out = elf_memory((char *)bytes, len);
    if (!*out)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: bad ELF file: %s", path, elf_errmsg(-1));
    return AVS_OK;
}
