/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_branch.c
 * Branches (DDI 0487, C4.1.88): immediate, conditional, compare and test, register. Each condition has its
 * own line: the test is then a load and a compare.
 */
#include "a64/dispatch.h"

JUMP_OP(B, )
JUMP_OP(BL, A64_LINK())
BRANCH_OP(B_EQ, c->flag_z == 0)
BRANCH_OP(B_NE, c->flag_z != 0)
BRANCH_OP(B_CS, c->flag_c != 0)
BRANCH_OP(B_CC, c->flag_c == 0)
BRANCH_OP(B_MI, c->flag_n < 0)
BRANCH_OP(B_PL, c->flag_n >= 0)
BRANCH_OP(B_VS, c->flag_v < 0)
BRANCH_OP(B_VC, c->flag_v >= 0)
BRANCH_OP(B_HI, c->flag_c != 0 && c->flag_z != 0)
BRANCH_OP(B_LS, c->flag_c == 0 || c->flag_z == 0)
BRANCH_OP(B_GE, (c->flag_n ^ c->flag_v) >= 0)
BRANCH_OP(B_LT, (c->flag_n ^ c->flag_v) < 0)
BRANCH_OP(B_GT, c->flag_z != 0 && (c->flag_n ^ c->flag_v) >= 0)
BRANCH_OP(B_LE, c->flag_z == 0 || (c->flag_n ^ c->flag_v) < 0)
JUMP_OP(B_AL, )
JUMP_OP(B_NV, )
BRANCH_OP(CBZ_64, X(rd) == 0)
BRANCH_OP(CBZ_32, W(rd) == 0)
BRANCH_OP(CBNZ_64, X(rd) != 0)
BRANCH_OP(CBNZ_32, W(rd) != 0)
BRANCH_OP(TBZ, !(X(rd) >> rm & 1))
BRANCH_OP(TBNZ, X(rd) >> rm & 1)

INDIRECT_OP(BR, target = X(rn))
INDIRECT_OP(BLR, target = X(rn); A64_LINK())
RETURN_OP(RET, target = X(rn))
