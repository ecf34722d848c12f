package main

import (
	"strings"
	"testing"
)

func TestStoreGet_WithoutReveal_ListsNamesAndSizes(t *testing.T) {
	flags, account := readable(t)

	out, err := executed(t, "store get "+account+flags)

	if err != nil || !strings.Contains(out, "TOKEN   6\n") || strings.Contains(out, "canary") {
		t.Errorf("%v: %s", err, out)
	}
	if log, err := executed(t, "store dump"+flags); err != nil || strings.Contains(log, "RevealEnvVars") {
		t.Errorf("%v: the audit log says that a value was shown", err)
	}
}

func TestStoreGet_Reveal_PrintsValuesAndIsAudited(t *testing.T) {
	flags, account := readable(t)

	one, err := executed(t, "store get "+account+" TOKEN --reveal"+flags)
	if err != nil || one != "canary" {
		t.Errorf("%v: %q", err, one)
	}
	all, err := executed(t, "store get "+account+" --reveal"+flags)
	if err != nil || all != "{\n  \"TOKEN\": \"canary\"\n}\n" {
		t.Errorf("%v: %q", err, all)
	}

	log, err := executed(t, "store dump"+flags)
	if n := strings.Count(log, "RevealEnvVars"); err != nil || n != 2 {
		t.Errorf("%v: the audit log has it %d times", err, n)
	}
}
