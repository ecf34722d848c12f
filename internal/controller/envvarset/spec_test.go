package envvarset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// secretValue is a value of a Secret, which must show nowhere.
const secretValue = "s3cr3t-v4lu3"

// Whatever a spec says and its sources hold: the way to a plan ends, with a problem that shows no value or with a plan after
// which there is nothing left to do.
func TestPlan_AnySpec_SettlesOrFailsWithoutAValue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		spec, objects := drawSpec(r), map[source.Ref]source.Object{}
		sources, err := source.NewSources(&spec, func(labels.Set) ([]string, error) { return drawObjectNames(r), nil })
		if stops(r, err) {
			return
		}
		compiled, err := sources.Compile()
		if stops(r, err) {
			return
		}
		for _, ref := range sources.Refs() {
			objects[ref] = drawObject(r)
		}
		want, err := compiled.EnvVars(objects, rapid.Bool().Draw(r, "folds"))
		if stops(r, err) {
			return
		}
		have, plan := drawHave(r), planFor(spec.UpdatePolicy)
		p := plan(desiring(want, "r"), have)
		stops(r, p.conflict(inStatus))

		if again := plan(desiring(want, "r"), rowsAfter(have, p)); again.writes() {
			r.Fatalf("a second plan changes %d variables", len(again.changes))
		}
	})
}

// stops reports whether there is an error, which must not show a value.
func stops(r *rapid.T, err error) bool {
	if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secretValue) {
		r.Fatal("an error shows a value")
	}
	return err != nil
}

// rowsAfter are those of an account after a plan, in order.
func rowsAfter(have []store.EnvVar, p plan) []store.EnvVar {
	rows := apply(have, p)
	for _, c := range p.changes {
		if v, there := rows[c.Name]; there && c.Op == store.EnvVarRelease {
			v.Owner = nobody
			rows[c.Name] = v
		}
	}
	var after []store.EnvVar
	for name, v := range rows {
		v.Name = name
		after = append(after, v)
	}
	slices.SortFunc(after, func(a, b store.EnvVar) int { return strings.Compare(a.Name, b.Name) })
	return after
}

func drawSpec(r *rapid.T) v1alpha1.EnvVarSetSpec {
	return v1alpha1.EnvVarSetSpec{
		UpdatePolicy: rapid.SampledFrom([]v1alpha1.UpdatePolicy{"", v1alpha1.UpdateAlways, v1alpha1.UpdateIfNotExists}).Draw(r, "updatePolicy"),
		Env:          rapid.SliceOfNDistinct(rapid.Custom(drawEnv), 0, 4, func(e v1alpha1.EnvVar) string { return e.Name }).Draw(r, "env"),
		EnvFrom:      rapid.SliceOfN(rapid.Custom(drawEnvFrom), 0, 3).Draw(r, "envFrom"),
		Dotenv:       rapid.SliceOfN(rapid.Custom(drawDotenv), 0, 2).Draw(r, "dotenv"),
	}
}

func drawEnv(r *rapid.T) v1alpha1.EnvVar {
	e := v1alpha1.EnvVar{Name: drawName(r)}
	switch secret, configMap := drawKey(r), drawKey(r); rapid.IntRange(0, 2).Draw(r, "from") {
	case 0:
		e.Value = new(secretValue)
	case 1:
		e.ValueFrom = &v1alpha1.EnvVarSource{SecretKeyRef: secret}
	default:
		e.ValueFrom = &v1alpha1.EnvVarSource{ConfigMapKeyRef: configMap}
	}
	return e
}

func drawEnvFrom(r *rapid.T) v1alpha1.EnvFromSource {
	from := v1alpha1.EnvFromSource{Prefix: rapid.SampledFrom([]string{"", "A", "1"}).Draw(r, "prefix")}
	expressions := rapid.SliceOfN(rapid.SampledFrom([]string{"^A", "B$", "", "(", "[[:alpha:]]", `\pN`}), 0, 2)
	from.Keys = v1alpha1.KeyFilter{Include: expressions.Draw(r, "include"), Exclude: expressions.Draw(r, "exclude")}
	object := &v1alpha1.ObjectSelector{Name: drawObjectName(r), Optional: rapid.Bool().Draw(r, "optional")}
	switch rapid.IntRange(0, 2).Draw(r, "from") {
	case 0:
		from.SecretRef = object
	case 1:
		from.ConfigMapRef = object
	default:
		from.SecretSelector = &v1alpha1.SecretSelector{MatchLabels: map[string]string{"for": "training"}}
	}
	return from
}

func drawDotenv(r *rapid.T) v1alpha1.DotenvSource {
	switch key := drawKey(r); rapid.IntRange(0, 2).Draw(r, "from") {
	case 0:
		return v1alpha1.DotenvSource{Inline: drawText(r)}
	case 1:
		return v1alpha1.DotenvSource{SecretKeyRef: key}
	default:
		return v1alpha1.DotenvSource{ConfigMapKeyRef: key}
	}
}

func drawName(r *rapid.T) string {
	return rapid.SampledFrom([]string{"A", "B", "C", "a", "A.B", "_"}).Draw(r, "name")
}

func drawObjectName(r *rapid.T) string {
	return rapid.SampledFrom([]string{"s", "t"}).Draw(r, "object")
}

func drawObjectNames(r *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.Custom(drawObjectName), 0, 2, rapid.ID[string]).Draw(r, "chosen")
}

func drawKey(r *rapid.T) *v1alpha1.KeySelector {
	return &v1alpha1.KeySelector{Name: drawObjectName(r), Key: drawName(r), Optional: rapid.Bool().Draw(r, "optional")}
}

// drawText is the text of a .env file, or no such thing; whatever it is, it holds the secret value.
func drawText(r *rapid.T) string {
	piece := rapid.SampledFrom([]string{"A=", "export B=", secretValue, "'", `"`, "\n", "#", " ", "\x00", "\xff", `\`, "$", "`"})
	return secretValue + strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(r, "text"), "")
}

// drawObject is one that is not there, or one with keys of which some are no names of variables.
func drawObject(r *rapid.T) source.Object {
	if rapid.Bool().Draw(r, "missing") {
		return source.Object{}
	}
	o := source.Object{UID: types.UID("uid"), ResourceVersion: "1", Data: map[string][]byte{}}
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "a", "A.B", "1", "-", "_"}), 0, 4, rapid.ID[string]).Draw(r, "keys") {
		o.Data[key] = []byte(drawText(r))
	}
	return o
}
