// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The form of the rules is libnftables-json(5): an array of objects with one
 * member, "chain" or "rule" among others.
 */
#include "doctor_firewall.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* What one rule does to GRE. */
struct effect {
	bool gre;	/* it matches protocol 47 */
	bool other;	/* it matches something else too */
	bool drops;
	bool translates;
};

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool is(const json_t *object, const char *key, const char *value)
{
	return !strcmp(member(object, key), value);
}

/* nft writes "gre" where the system's table of protocols has the name, else 47. */
static bool names_gre(const json_t *right)
{
	const char *text = json_string_value(right);
	json_t *item;
	size_t i;

	if (text)
		return !strcmp(text, "gre");
	if (json_is_integer(right))
		return json_integer_value(right) == IPPROTO_GRE;
	json_array_foreach(json_object_get(right, "set"), i, item) {
		if (names_gre(item))
			return true;
	}
	return false;
}

/* "meta l4proto gre", "ip protocol gre" */
static bool matches_gre(const json_t *match)
{
	const json_t *left = json_object_get(match, "left");

	return is(match, "op", "==") && names_gre(json_object_get(match, "right")) &&
	       (is(json_object_get(left, "meta"), "key", "l4proto") ||
		is(json_object_get(left, "payload"), "field", "protocol"));
}

static struct effect effect_of(const json_t *rule)
{
	struct effect effect = { 0 };
	json_t *item, *match;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, item) {
		match = json_object_get(item, "match");
		if (match && matches_gre(match))
			effect.gre = true;
		else if (match || json_object_get(item, "limit"))
			effect.other = true;
		if (json_object_get(item, "drop") || json_object_get(item, "reject"))
			effect.drops = true;
		if (json_object_get(item, "masquerade") || json_object_get(item, "snat"))
			effect.translates = true;
	}
	return effect;
}

/* True: it is a rule that lets GRE pass, or decides about it in another chain. */
static bool look_at_rule(const json_t *rule, struct findings *found)
{
	struct effect effect = effect_of(rule);
	int handle = (int)json_integer_value(json_object_get(rule, "handle"));

	if (!effect.gre)
		return false;
	if (!effect.drops)
		return true;
	if (effect.other)
		findings_note(found,
			      "the firewall drops some GRE, by rule %d of chain %s in table %s %s: see nft -a list ruleset",
			      handle, member(rule, "chain"), member(rule, "family"),
			      member(rule, "table"));
	else
		findings_problem(found,
				 "the firewall drops GRE: run nft delete rule %s %s %s handle %d",
				 member(rule, "family"), member(rule, "table"),
				 member(rule, "chain"), handle);
	return false;
}

/* The "nftables" array's next member called @kind from @i on, NULL: no more. */
static const json_t *next_of(const struct doctor_facts *facts, const char *kind, size_t *i)
{
	const json_t *list = json_object_get(facts->ruleset, "nftables");
	const json_t *thing = NULL;

	while (!thing && *i < json_array_size(list))
		thing = json_object_get(json_array_get(list, (*i)++), kind);
	return thing;
}

static bool guards_input(const json_t *chain)
{
	return is(chain, "hook", "input") && is(chain, "policy", "drop") &&
	       (is(chain, "family", "ip") || is(chain, "family", "inet"));
}

void doctor_firewall_gre(const struct doctor_facts *facts, struct findings *found)
{
	bool passes = false;
	const json_t *thing;
	size_t i = 0;

	if (!facts->ruleset && !geteuid())
		findings_note(found,
			      "the firewall's rules were not looked at, because nft is not there or fails");
	while ((thing = next_of(facts, "rule", &i)))
		passes |= look_at_rule(thing, found);
	i = 0;
	while (!passes && (thing = next_of(facts, "chain", &i))) {
		if (guards_input(thing))
			findings_note(found,
				      "chain %s in table %s %s drops what no rule accepts, and no rule names GRE: add \"meta l4proto gre accept\"",
				      member(thing, "name"), member(thing, "family"),
				      member(thing, "table"));
	}
}

/* Rules of iptables-nft that only iptables can explain may set the helper too. */
static bool sets_helper(const struct doctor_facts *facts)
{
	const json_t *thing;
	json_t *item;
	size_t i = 0, k;

	while ((thing = next_of(facts, "ct helper", &i))) {
		if (is(thing, "type", "pptp"))
			return true;
	}
	i = 0;
	while ((thing = next_of(facts, "rule", &i))) {
		json_array_foreach(json_object_get(thing, "expr"), k, item) {
			if (is(json_object_get(item, "xt"), "name", "CT"))
				return true;
		}
	}
	return false;
}

/*
 * The helper rewrites call IDs; without it no client behind the NAT works, and
 * since Linux 4.7 only a rule makes it look at a connection.
 */
void doctor_firewall_nat(const struct doctor_facts *facts, struct findings *found)
{
	const json_t *rule;
	size_t i = 0;

	if (sets_helper(facts))
		return;
	while ((rule = next_of(facts, "rule", &i))) {
		if (!effect_of(rule).translates)
			continue;
		findings_note(found,
			      "this machine translates addresses without the PPTP helper, so PPTP clients behind it cannot call out: run modprobe nf_nat_pptp and give TCP port 1723 the helper pptp");
		return;
	}
}
