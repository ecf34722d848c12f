package source

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// hostile are expressions of at most 256 characters, all that the schema allows, that stand for far more.
var hostile = map[string]string{
	"a long text, a thousand times":           "(" + strings.Repeat("a", 248) + "){1000}",
	"a class, a thousand times":               "[" + strings.Repeat(`\pL`, 80) + "]{1000}",
	"optional repetitions":                    "(" + strings.Repeat("a?", 124) + "){0,1000}",
	"repetitions in repetitions":              "((((a{5}){5}){5}){5}" + strings.Repeat("((((a{5}){5}){5}){5})", 10) + ")",
	"ranges over all of Unicode, case aside":  "(?i)[" + strings.Repeat(`A-\x{1E942}`, 22) + "]",
	"the same, written out":                   "(?i)[" + strings.Repeat("\u0100-\U0001E942", 80) + "]",
	"classes of Unicode, case aside":          "(?i)" + strings.Repeat(`\pL`, 80),
	"classes that are not, without the class": "(?i)[" + strings.Repeat(`\PL`, 80) + "]",
}

// Given sets with as many of the dearest expressions as the schema allows, when they are compiled, then each is refused by the
// field and the limit, and it has cost next to nothing.
func TestCompile_HostileExpressions_RefusedBeforeTheyCost(t *testing.T) {
	for name, expression := range hostile {
		t.Run(name, func(t *testing.T) {
			spec := &v1alpha1.EnvVarSetSpec{}
			for range 16 {
				keys := v1alpha1.KeyFilter{Include: slicesOf(expression, 16), Exclude: slicesOf(expression, 16)}
				spec.EnvFrom = append(spec.EnvFrom, v1alpha1.EnvFromSource{SecretRef: &v1alpha1.ObjectSelector{Name: "a"}, Keys: keys})
			}
			s, err := NewSources(spec, nothing)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()

			_, err = s.Compile()

			took := time.Since(began)
			runtime.ReadMemStats(&after)
			p := (*Problem)(nil)
			if !errors.As(err, &p) || p.Reason != v1alpha1.ReasonLimitExceeded {
				t.Fatalf("got %v", err)
			}
			assertSays(t, p.Message, "envFrom[0].keys.include[", fmt.Sprint(maxInstructions))
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 16 || took > 5*time.Second {
				t.Errorf("it took %s and %d MiB", took, made)
			}
		})
	}
}

func slicesOf(text string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = text
	}
	return all
}

// Given 512 expressions of ordinary length, when they are compiled, then they are taken.
func TestCompile_AsManyOrdinaryExpressionsAsTheSchemaAllows_Taken(t *testing.T) {
	spec := &v1alpha1.EnvVarSetSpec{}
	for range 16 {
		keys := v1alpha1.KeyFilter{Include: slicesOf("^S3_[A-Z]+_", 16), Exclude: slicesOf("_OLD$", 16)}
		spec.EnvFrom = append(spec.EnvFrom, v1alpha1.EnvFromSource{SecretRef: &v1alpha1.ObjectSelector{Name: "a"}, Keys: keys})
	}
	s, err := NewSources(spec, nothing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Compile(); err != nil {
		t.Error(err)
	}
}

// Given any expression, when its instructions are counted, then the program is no longer than that, so nothing is compiled that
// was counted as cheap.
func TestInstructions_AnyExpression_NoFewerThanTheProgramHas(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"a", "abc", "(", ")", "(?:", "|", "*", "+", "?", "*?", "{2}", "{3,}", "{0,7}", "{2,5}?", "[a-f]", "[^a]", ".", "^", "$", `\b`, `\w`, "(?i)k", `\pL`,
	})
	counted := 0
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), "")
		parsed, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			return
		}
		estimate := instructions(parsed)
		if estimate > maxInstructions {
			return
		}
		program, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		counted++
		if len(program.Inst) > estimate+1 {
			t.Errorf("%s compiles to %d instructions, counted were %d", text, len(program.Inst), estimate)
		}
	})
	if counted == 0 {
		t.Error("nothing was counted")
	}
}

// Given expressions at the limit and objects with very many keys, when the keys are chosen, then that ends with the limit, not
// with an hour of matching.
func TestChosen_ManyKeysAndLongExpressions_EndsAtTheLimit(t *testing.T) {
	f := filter{include: []*regexp.Regexp{regexp.MustCompile("(a?){1000}x$")}, instructions: maxInstructions}
	data := map[string][]byte{}
	for n := range 20_000 {
		data[fmt.Sprintf("%s%d", strings.Repeat("a", 100), n)] = nil
	}
	steps := 0

	_, err := f.chosen(data, &steps)

	p := (*Problem)(nil)
	if !errors.As(err, &p) || p.Reason != v1alpha1.ReasonLimitExceeded {
		t.Fatalf("got %v", err)
	}
	assertSays(t, p.Message, "envFrom", fmt.Sprint(maxSteps))
}
