/* SPDX-License-Identifier: BSD-2-Clause */
/* Embeds libarmvsim: runs an ELF file and prints one line per trap. Usage: traps IMAGE [CORE] */
#include <armvsim.h>
#include <inttypes.h>
#include <stdio.h>

static void print_trap(void *user, const avs_trap *t)
{
    (void)user;
    printf("%10" PRIu64 "  EL%u -> EL%u  VMID %u  %-28s %5" PRIu64 " cycles  at %s\n", t->entry_insn,
           t->from_el, t->to_el, t->vmid, t->cause, t->exit_cycle - t->entry_cycle,
           t->symbol ? t->symbol : "?");
}

int main(int argc, char **argv)
{
    avs_options options = AVS_OPTIONS_INIT;
    avs_machine *m;
    avs_result r;

    if (argc < 2) {
        fprintf(stderr, "usage: traps IMAGE [CORE]\n");
        return 2;
    }
    options.cpu = argc > 2 ? argv[2] : "cortex-a53";
    if (avs_machine_new(&options, &m) != AVS_OK) {
        fprintf(stderr, "traps: %s\n", avs_last_error(NULL));
        return 2;
    }
    if (avs_load(m, argv[1]) != AVS_OK) {
        fprintf(stderr, "traps: %s\n", avs_last_error(m));
        avs_machine_free(m);
        return 2;
    }
    avs_on_trap(m, print_trap, NULL);
    r = avs_run(m);
    printf("%s after %" PRIu64 " instructions and %" PRIu64 " cycles\n", r.reason, r.insns, r.cycles);
    avs_machine_free(m);
    return r.end == AVS_END_POWER_OFF ? r.exit_status : 3;
}
