/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file load_elf.c
 * ELF images (System V gABI, AAELF64): 64-bit little-endian AArch64 executables, and position-independent
 * ones at the addresses that they were linked for. Segments go to their physical addresses (p_paddr); an
 * entry point that is virtual becomes physical by the segment that holds it, as QEMU does. Not handled:
 * dynamic linking, relocation.
 */
#include <gelf.h>

#include "board/internal.h"
#include "core/file.h"

struct elf_file {
    struct board *b;
    Elf *elf;
    GElf_Ehdr ehdr;
    size_t len; /* Of the file. */
    const uint8_t *bytes;
    const char *path;
};

static avs_status bad_segment(const struct elf_file *f, size_t index, const char *why)
{
    return avs_fail(f->b->m, AVS_ERR_FORMAT, "%s: segment %zu %s", f->path, index, why);
}

static avs_status open_elf(struct elf_file *f)
{
    struct avs_machine *m = f->b->m;
    avs_status s = file_open_elf(m, f->path, f->bytes, f->len, &f->elf);

    if (s)
        return s;
    if (!gelf_getehdr(f->elf, &f->ehdr) || f->ehdr.e_version != EV_CURRENT)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: bad ELF header", f->path);
    if (f->ehdr.e_type == ET_REL)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: an object file, not linked into an executable", f->path);
    if (f->ehdr.e_type != ET_EXEC && f->ehdr.e_type != ET_DYN)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: ELF type %u is not an executable", f->path, f->ehdr.e_type);
    if (f->ehdr.e_phoff == 0 || f->ehdr.e_phnum == 0)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: has no program headers", f->path);
    if (f->ehdr.e_phentsize != sizeof(Elf64_Phdr) || f->ehdr.e_phnum == PN_XNUM ||
        f->ehdr.e_phoff > f->len || f->ehdr.e_phnum > (f->len - f->ehdr.e_phoff) / sizeof(Elf64_Phdr))
        return avs_fail(m, AVS_ERR_FORMAT, "%s: truncated or bad ELF program headers", f->path);
    return AVS_OK;
}

static avs_status check_segment(const struct elf_file *f, size_t index, const GElf_Phdr *ph)
{
    if (ph->p_filesz > ph->p_memsz)
        return bad_segment(f, index, "is larger in the file than in memory");
    if (ph->p_offset > f->len || ph->p_filesz > f->len - ph->p_offset)
        return bad_segment(f, index, "is beyond the file's end: truncated ELF file");
    if (ph->p_paddr + ph->p_memsz < ph->p_paddr)
        return bad_segment(f, index, "wraps around the address space");
    return AVS_OK;
}

/* The entry point's physical address, when this segment holds it under a virtual one. */
static void translate_entry(const struct elf_file *f, const GElf_Phdr *ph, struct load_image *img)
{
    if ((ph->p_flags & PF_X) && f->ehdr.e_entry - ph->p_vaddr < ph->p_memsz)
        img->entry = f->ehdr.e_entry - ph->p_vaddr + ph->p_paddr;
}

static avs_status add_segment(const struct elf_file *f, size_t index, struct load_image *img)
{
    struct load_piece piece;
    GElf_Phdr ph;
    avs_status s;

    if (!gelf_getphdr(f->elf, (int)index, &ph))
        return bad_segment(f, index, "cannot be read");
    if (ph.p_type != PT_LOAD || ph.p_memsz == 0)
        return AVS_OK;
    s = check_segment(f, index, &ph);
    if (s)
        return s;
    translate_entry(f, &ph, img);
    piece = (struct load_piece){
        .pa = ph.p_paddr, .memsz = ph.p_memsz, .data = f->bytes + ph.p_offset, .filesz = ph.p_filesz
    };
    g_snprintf(piece.what, sizeof(piece.what), "segment %zu", index);
    g_array_append_val(img->pieces, piece);
    return AVS_OK;
}

avs_status load_elf(struct board *b, const uint8_t *bytes, size_t len, struct load_image *img)
{
    struct elf_file f = { .b = b, .bytes = bytes, .len = len, .path = img->path };
    avs_status s = open_elf(&f);

    img->entry = f.ehdr.e_entry;
    for (size_t i = 0; i < f.ehdr.e_phnum && !s; i++)
        s = add_segment(&f, i, img);
    if (!s && img->pieces->len == 0)
        s = avs_fail(b->m, AVS_ERR_FORMAT, "%s: has nothing to load (no PT_LOAD segment)", img->path);
    elf_end(f.elf);
    return s;
}
