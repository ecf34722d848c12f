package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestLimits_SetAtItsLimits_IsTaken(t *testing.T) {
	pasted := v1alpha1.EnvVarSetSpec{Dotenv: []v1alpha1.DotenvSource{{SecretKeyRef: &v1alpha1.KeySelector{Name: "a", Key: "k"}}}}
	all := v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false)}}
	longest := strings.Repeat("x", 253)
	most := object()
	for i := range MaxNames {
		most.Data[fmt.Sprintf("N%d", i)] = nil
	}
	full := object() // sixteen names of two characters
	for i := range 16 {
		full.Data[fmt.Sprintf("N%x", i)] = []byte(strings.Repeat("v", MaxValueBytes-2))
	}
	for name, c := range map[string]struct {
		spec      v1alpha1.EnvVarSetSpec
		o         Object
		variables int
	}{
		"the longest name":           {all, object(longest, ""), 1},
		"the longest name, pasted":   {pasted, object("k", longest+`=""`), 1},
		"the longest value":          {all, object("K", strings.Repeat("v", MaxValueBytes)), 1},
		"as many names as there may": {all, most, MaxNames},
		"as many bytes as there may": {all, full, 16},
	} {
		t.Run(name, func(t *testing.T) {
			sources, err := NewSources(&c.spec, nothing)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sources.envVars(map[Ref]Object{secretA: c.o}, false)
			if err != nil || len(got) != c.variables {
				t.Errorf("got %d variables and %v", len(got), err)
			}
		})
	}
}

func TestLimits_Key_IsQuotedWholeWhereItFits(t *testing.T) {
	for length, want := range map[int]string{64: strings.Repeat("x", 64), 65: strings.Repeat("x", 64) + "..."} {
		if got := shorten(strings.Repeat("x", length)); got != want {
			t.Errorf("of %d characters: %s", length, got)
		}
	}
}

func TestLint_Text_IsReadAsASetOfItsOwn(t *testing.T) {
	if n, err := LintDotenv(".env", []byte("A=1\nB=2\n")); n != 2 || err != nil {
		t.Errorf("got %d variables and %v", n, err)
	}
	for text, reported := range map[string]string{
		"A=1\nB='" + value:                          "line 2",
		strings.Repeat("x", 254) + "=" + value:      "line 1",
		"A=" + strings.Repeat("x", MaxValueBytes+1): "65536",
	} {
		_, err := LintDotenv(".env", []byte(text))
		if err == nil {
			t.Fatalf("taken, though it is wrong: %.20s", text)
		}
		assertSays(t, err.Error(), ".env", reported)
	}
}
