package fault_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// observed is a test that runs inside of another one.
type observed struct {
	testing.TB
	failed, skipped bool
	cleanups        []func()
	said            map[string]string
}

func (o *observed) Helper()                { /* says nothing about lines */ }
func (o *observed) Error(...any)           { o.failed = true }
func (o *observed) Failed() bool           { return o.failed }
func (o *observed) Skipped() bool          { return o.skipped }
func (o *observed) Cleanup(f func())       { o.cleanups = append(o.cleanups, f) }
func (o *observed) Attr(key, value string) { o.said[key] = value }

func TestCase_Ended_SaysWhatBecameOfIt(t *testing.T) {
	cut := fault.Case{Goal: "G13", Workload: "apply", Trigger: "LISTEN", Action: "cut", Dialect: "postgres", Seed: 7}
	for name, c := range map[string]struct {
		before  observed
		strikes int64
		want    *fault.Outcome
	}{
		"that struck":         {observed{}, 2, &fault.Outcome{Case: cut, Fired: 2}},
		"that failed":         {observed{failed: true}, 1, &fault.Outcome{Case: cut, Fired: 1, Failed: true}},
		"that did not strike": {observed{}, 0, &fault.Outcome{Case: cut, Failed: true}},
		"that was skipped":    {observed{skipped: true}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.before
			o.said = map[string]string{}
			fault.Begin(&o, cut).Add(c.strikes)
			for _, end := range o.cleanups {
				end()
			}
			var got *fault.Outcome
			if said, ok := o.said[fault.Attribute]; ok {
				got = &fault.Outcome{}
				if err := json.Unmarshal([]byte(said), got); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("it told (-want +got):\n%s", diff)
			}
			if c.want != nil && o.failed != c.want.Failed {
				t.Errorf("it ended as failed = %v", o.failed)
			}
		})
	}
}
