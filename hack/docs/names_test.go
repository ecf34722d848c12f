package main

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

// A name is one in the documents whose form says of what it is.
type name struct {
	of     string
	form   *regexp.Regexp // the first group is the name
	exists func(t *testing.T, name string) bool
}

var names = []name{
	{"a goal of the Makefile", regexp.MustCompile(`^make ([a-z-]+)`), inFile("Makefile", "\n%s: ")},
	{"a metric", regexp.MustCompile(`\b(account_operator_\w+)`), isMetric},
	{"a label, an annotation or a finalizer", regexp.MustCompile(`\b(account-operator\.io/[a-z-]+)\b(?:=|$|:)`), inCode(`"%s"`)},
	{"a field of a kind", regexp.MustCompile(`^((?:spec|status)(?:\.[a-zA-Z]+)+)`), isField},
	{"a value of the chart", regexp.MustCompile(`^([a-z]\w+(?:\.[a-zA-Z]+)+)(?:=.*)?$`), isValue},
	{"a value of the chart in a command", regexp.MustCompile(`(?:--set[ =]["']?|,)([a-z][A-Za-z]+(?:\.[a-zA-Z]+)*)=`), isSet},
	{"a file of the repository", regexp.MustCompile(`^((?:api|charts|cmd|config|dist|docs|hack|internal|pkg|test)/[\w./-]+)$`), isFile},
	{"a word of the kinds or of the program", regexp.MustCompile(`^([A-Z][a-z]+[A-Z]\w+)$`), isWord},
}

// Given every page, when it quotes what is called so in the code, the manifests or the chart, then that is there.
func TestPages_Names_AreThoseOfTheRepository(t *testing.T) {
	found := 0
	for _, page := range manual.All(t, root) {
		if filepath.Base(page) == "CHANGELOG.md" {
			continue // which speaks of what was
		}
		quotes, commands := manual.Code(t, page)
		for _, text := range append(quotes, commands...) {
			good, bad := judge(t, text)
			found += len(good)
			for _, wrong := range bad {
				t.Errorf("%s: `%s`: %s", page, text, wrong)
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d names were found", found)
	}
}

// Given a name of each kind that is nowhere, when it is quoted, then that is noticed; one that is there is taken.
func TestNames_NotThere_AreNoticed(t *testing.T) {
	for bad, good := range map[string]string{
		"make everything-well":                       "make test",
		"account_operator_weather_total":             "account_operator_sync_latency_seconds_bucket",
		"account-operator.io/please=true":            "account-operator.io/allow-sync=true",
		"spec.email.domain":                          "spec.envFrom.secretRef.name",
		"metrics.enabled=true":                       "metrics.serviceMonitor.enabled=true",
		"helm upgrade a b --set image.tag=v2,wind=4": "helm upgrade a b --set image.tag=v2,class=gpu",
		"docs/cli.md":                                "docs/install.md",
		"SourceForgotten":                            "SourceMissing",
	} {
		if found, wrong := judge(t, bad); len(wrong) == 0 {
			t.Errorf("%s: taken for right: %q", bad, found)
		}
		if found, wrong := judge(t, good); len(found) == 0 || len(wrong) > 0 {
			t.Errorf("%s: found %q, wrong %q", good, found, wrong)
		}
	}
}

// judge returns the names in what is quoted that are there, and what is to say of the others.
func judge(t *testing.T, quoted string) (good, bad []string) {
	t.Helper()
	for _, n := range names {
		for _, match := range n.form.FindAllStringSubmatch(quoted, -1) {
			if n.exists(t, match[1]) {
				good = append(good, match[1])
			} else {
				bad = append(bad, match[1]+" is not "+n.of)
			}
		}
	}
	return good, bad
}
