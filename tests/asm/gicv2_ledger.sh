#!/usr/bin/env bash
# gicv2.elf: what a ledger has of virtual interrupts and world switches when the virtual interface is in memory.
set -u
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

"$ARMVSIM" run "$BUILDDIR/tests/asm/gicv2.elf" --quiet --cpu cortex-a53 --board virt,gic-version=2 --db "$tmp/db" \
    >/dev/null
is "exit status" $? 0

sql() {
    sqlite3 "$tmp/db" "$1"
}
life="context||' '||(ack_cycle > lr_cycle)||(eoi_cycle > ack_cycle)"
is "a virtual interrupt's life in a VM" "$(sql "select $life from v_virq where vintid = 48")" "vm1.0 11"
is "and in another" "$(sql "select $life from v_virq where vintid = 50")" "vm2.0 11"
is "the physical interrupt behind one" "$(sql "select pintid from virq where vintid = 47")" 20
is "one that no guest takes" \
    "$(sql "select context||(ack_cycle is null)||(eoi_cycle is null) from v_virq where vintid = 49")" vm1.011

# The switch from VM 1 to VM 2.
switch="(select w.state_set from world_switch s join switch_class w on w.id = s.class
    where w.to_context = (select id from context where name = 'vm2.0') and
    w.from_context = (select id from context where name = 'vm1.0'))"
is "GICH registers that it saved and restored" \
    "$(sql "select group_concat(name||saved||restored, ' ') from (select r.name, s.saved, s.restored from
        state_set_reg s join register r on r.id = s.register
        where s.state_set = $switch and r.name like 'ICH%' order by r.id)")" \
    "ICH_AP0R0_EL211 ICH_HCR_EL210 ICH_VMCR_EL211 ICH_LR0_EL211 ICH_LR1_EL211"
price() {
    sed -n "s/^$1=//p" "$ARMVSIM_MODELS/cores/cortex-a53.core"
}
# Loads go to the only pipe LS, one a cycle.
is "the model's loads" "$(price load) $(price LS)" "4 LS 1"
is "list registers are saved at the price of device reads" \
    "$(sql "select s.save_cycles from state_set_class s join reg_class c on c.id = s.class
        where s.state_set = $switch and c.name = 'list_register'")" "$((2 * (1 + $(price mmio-read))))"

done_testing
