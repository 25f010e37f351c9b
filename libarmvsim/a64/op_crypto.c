/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_crypto.c
 * Cryptographic instructions (DDI 0487, C4.1.96 "Cryptographic AES" to "Cryptographic four-register", and
 * PMULL of doublewords). What they compute is in crypto_cipher.c and crypto_hash.c.
 */
#include "a64/crypto.h"
#include "a64/dispatch.h"

#define CRYPTO_2(name, function) FP_OP(name, function(&V(rd), &V(rn)))
#define CRYPTO_3(name, function) FP_OP(name, function(&V(rd), &V(rn), &V(rm)))
#define BITWISE(name, expr) FP_OP(name, for (unsigned i = 0; i < 2; i++) V(rd).d[i] = expr)

CRYPTO_2(AESE, crypto_aese)
CRYPTO_2(AESD, crypto_aesd)
CRYPTO_2(AESMC, crypto_aesmc)
CRYPTO_2(AESIMC, crypto_aesimc)

FP_OP(PMULL_1Q, crypto_pmull(&V(rd), V(rn).d[0], V(rm).d[0]))
FP_OP(PMULL2_1Q, crypto_pmull(&V(rd), V(rn).d[1], V(rm).d[1]))

CRYPTO_3(SHA1C, crypto_sha1c)
CRYPTO_3(SHA1P, crypto_sha1p)
CRYPTO_3(SHA1M, crypto_sha1m)
CRYPTO_2(SHA1H, crypto_sha1h)
CRYPTO_3(SHA1SU0, crypto_sha1su0)
CRYPTO_2(SHA1SU1, crypto_sha1su1)
CRYPTO_3(SHA256H, crypto_sha256h)
CRYPTO_3(SHA256H2, crypto_sha256h2)
CRYPTO_2(SHA256SU0, crypto_sha256su0)
CRYPTO_3(SHA256SU1, crypto_sha256su1)
CRYPTO_3(SHA512H, crypto_sha512h)
CRYPTO_3(SHA512H2, crypto_sha512h2)
CRYPTO_2(SHA512SU0, crypto_sha512su0)
CRYPTO_3(SHA512SU1, crypto_sha512su1)

BITWISE(EOR3, V(rn).d[i] ^ V(rm).d[i] ^ V(ra).d[i])
BITWISE(BCAX, V(rn).d[i] ^ (V(rm).d[i] & ~V(ra).d[i]))
BITWISE(RAX1, V(rn).d[i] ^ crypto_ror64(V(rm).d[i], 63))
BITWISE(XAR, crypto_ror64(V(rn).d[i] ^ V(rm).d[i], (unsigned)IMM))

FP_OP(SM3SS1, crypto_sm3ss1(&V(rd), &V(rn), &V(rm), &V(ra)))
FP_OP(SM3TT1A, crypto_sm3tt1a(&V(rd), &V(rn), &V(rm), ra))
FP_OP(SM3TT1B, crypto_sm3tt1b(&V(rd), &V(rn), &V(rm), ra))
FP_OP(SM3TT2A, crypto_sm3tt2a(&V(rd), &V(rn), &V(rm), ra))
FP_OP(SM3TT2B, crypto_sm3tt2b(&V(rd), &V(rn), &V(rm), ra))
CRYPTO_3(SM3PARTW1, crypto_sm3partw1)
CRYPTO_3(SM3PARTW2, crypto_sm3partw2)
CRYPTO_2(SM4E, crypto_sm4e)
CRYPTO_3(SM4EKEY, crypto_sm4ekey)
