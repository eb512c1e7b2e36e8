// SPDX-License-Identifier: GPL-2.0-or-later
/* The term of a certificate. */
#include "kselftest_harness.h"

#include "crypto/certificate.h"
#include "crypto/tls_pki.h"

FIXTURE(certificate)
{
	struct tls_pki pki;
	struct certificate_term term;
	time_t now;
};

FIXTURE_SETUP(certificate)
{
	ASSERT_TRUE(tls_pki_make(&self->pki));
	self->now = time(NULL);
}

FIXTURE_TEARDOWN(certificate)
{
	tls_pki_remove(&self->pki);
}

TEST_F(certificate, terms)
{
	ASSERT_TRUE(certificate_term(tls_pki_file(&self->pki, "gw"), &self->term));
	EXPECT_LE(self->term.begin, self->now);
	EXPECT_GT(self->term.end, self->now);
	ASSERT_TRUE(certificate_term(tls_pki_file(&self->pki, "expired"), &self->term));
	EXPECT_LT(self->term.end, self->now);
	ASSERT_TRUE(certificate_term(tls_pki_file(&self->pki, "future"), &self->term));
	EXPECT_GT(self->term.begin, self->now);
}

TEST_F(certificate, none)
{
	EXPECT_FALSE(certificate_term(tls_pki_file(&self->pki, "key"), &self->term));
	EXPECT_FALSE(certificate_term(tls_pki_file(&self->pki, "nothing"), &self->term));
}

TEST_HARNESS_MAIN
