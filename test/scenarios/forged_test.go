package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/cluster"
)

// Each field of each status has a forgery.
func TestForgeries_EachField_HasOne(t *testing.T) {
	for _, c := range []struct {
		status  any
		forgery []string
	}{
		{v1alpha1.AccountStatus{}, slices.Collect(maps.Keys(accountForgeries))},
		{v1alpha1.EnvVarSetStatus{}, slices.Collect(maps.Keys(setForgeries))},
		{v1alpha1.CloudConnectionStatus{}, slices.Collect(maps.Keys(connectionForgeries))},
		{v1alpha1.SSHKeyStatus{}, slices.Collect(maps.Keys(keyForgeries))},
		{v1alpha1.AccountActionStatus{}, slices.Collect(maps.Keys(actionForgeries))},
	} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(c.status)) {
			if !f.Anonymous && !slices.Contains(notForged, f.Name) && !slices.Contains(c.forgery, f.Name) {
				t.Errorf("%T.%s has no forgery", c.status, f.Name)
			}
		}
	}
}

// forgery is an object of which one field of status is forged while no manager runs. Nil: nothing is.
type forgery struct {
	what   string
	obj    client.Object
	forge  func()
	before string
}

// each makes an object for each forgery, and one that stays as it is.
func each[T client.Object](what string, forgeries map[string]func(T), of func(name string) T) (all []*forgery) {
	for n, field := range append(slices.Sorted(maps.Keys(forgeries)), "right") {
		obj := of(fmt.Sprintf("%s-%d", strings.ToLower(what), n))
		f := &forgery{what: what + ": " + field, obj: obj}
		if forge := forgeries[field]; forge != nil {
			f.forge = func() { forge(obj) }
		} else {
			obj.SetName("right-" + obj.GetName())
		}
		all = append(all, f)
	}
	return all
}

// Given objects of every kind in sync, and no manager, when another client forges a field of their status and leaves them Ready for
// their present generation, then a manager that starts has each say again what is so. That costs one write for each, and nothing for
// those that are right.
func TestStatus_ForgedWhileNoManagerRan_IsCorrectedAtTheStart(t *testing.T) {
	asked := &askedAbout{}
	s := withAlice(t)
	s.stop()
	s.hookOf = asked.of
	s.startManager()
	s.create(secret("hf", "token", "1"), secret("s3", "access-key-id", "1", "secret-access-key", "2"))
	var all []*forgery
	all = append(all, each("Account", accountForgeries, func(name string) *v1alpha1.Account { return account(name, name+"@example.com") })...)
	all = append(all, each("EnvVarSet", setForgeries, func(name string) *v1alpha1.EnvVarSet {
		return envVarSet(name, "alice", fromSecret("TOKEN_"+name[len("envvarset-"):], "hf", "token"))
	})...)
	all = append(all, each("CloudConnection", connectionForgeries, func(name string) *v1alpha1.CloudConnection { return s3Connection(name, "alice", "s3") })...)
	all = append(all, each("SSHKey", keyForgeries, func(name string) *v1alpha1.SSHKey { return sshKey(name, "alice") })...)
	all = append(all, each("AccountAction", actionForgeries, func(name string) *v1alpha1.AccountAction {
		return action(name, "alice", v1alpha1.ActionResetTwoFactor)
	})...)
	for _, f := range all {
		s.create(f.obj)
	}
	s.settlesAll(all)

	// When they are forged
	s.stop()
	for _, f := range all {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(f.obj), f.obj))
		f.before = timeless(f.obj)
		if f.forge != nil {
			f.forge()
			s.must(s.api.Status().Update(context.Background(), f.obj))
		}
	}
	performed := s.count(`SELECT count(*) FROM actions`)
	s.watch()
	asked.begin()
	s.startManager()

	// Then each says again what it said
	for _, f := range all {
		s.eventually(soon, func() string {
			s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(f.obj), f.obj))
			if diff := cmp.Diff(f.before, timeless(f.obj)); diff != "" {
				return f.what + " (-before +now):\n" + diff
			}
			return ""
		})
	}
	s.stop()
	eachIsWrittenOnceIfForged(s, all)
	if about := asked.names(); slices.ContainsFunc(about, func(name string) bool { return strings.HasPrefix(name, "right-") }) {
		t.Errorf("the store was asked about %v", about)
	}
	if now := s.count(`SELECT count(*) FROM actions`); now != performed {
		t.Errorf("%d actions were performed again", now-performed)
	}
}

func eachIsWrittenOnceIfForged(s *scenario, all []*forgery) {
	s.Helper()
	for _, f := range all {
		want := 0
		if f.forge != nil {
			want = 1
		}
		writes := s.requests(cluster.Writes, func(r cluster.Request) bool {
			return r.Name == f.obj.GetName() && r.Group == v1alpha1.GroupVersion.Group
		})
		if got := total(writes); got != want {
			s.Errorf("%s: %d writes, want %d: %v", f.what, got, want, writes)
		}
	}
}

// settlesAll waits until nothing is written any more.
func (s *scenario) settlesAll(all []*forgery) {
	s.Helper()
	for _, f := range all {
		if o, is := f.obj.(object.Object); is {
			s.becomesReady(o)
			continue
		}
		s.eventually(soon, func() string {
			x := f.obj.(*v1alpha1.AccountAction)
			s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(x), x))
			if !x.Finished() {
				return x.Name + " is not over"
			}
			return ""
		})
	}
	for _, f := range all {
		s.quiet(f.obj)
	}
}

var anyTime = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[0-9:]+Z"`)

// timeless is what is ours of an object's status, without when it came to be so.
func timeless(obj client.Object) string {
	c := obj.DeepCopyObject().(client.Object)
	*status.SignatureIn(c) = ""
	own, conditions := status.Own(c)
	slices.SortFunc(conditions, func(a, b metav1.Condition) int { return strings.Compare(a.Type, b.Type) })
	text, err := json.MarshalIndent([]any{own, conditions}, "", " ")
	if err != nil {
		return err.Error()
	}
	return anyTime.ReplaceAllString(string(text), `"then"`)
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// askedAbout notes for which objects the store was asked.
type askedAbout struct {
	mu    sync.Mutex
	about []string
}

func (a *askedAbout) of(c store.Claim) storetest.Hook {
	return func(_ string, when storetest.Moment) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		if when == storetest.Before && !c.IsZero() {
			a.about = append(a.about, c.Name)
		}
		return nil
	}
}

func (a *askedAbout) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.about = nil
}

func (a *askedAbout) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.about)
}
