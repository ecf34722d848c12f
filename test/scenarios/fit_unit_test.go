package scenarios

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/status"
)

// Given any status at all, in every field that a kind has, when it is made fit, then the API server takes it, and has it as it was sent.
func TestFit_AnyStatus_IsTakenByTheAPIServer(t *testing.T) {
	s := newScenario(t)
	s.stop()
	for name, obj := range map[string]client.Object{
		"Account": account("alice", email), "EnvVarSet": envVarSet("base", "alice", value("A", "1")),
		"CloudConnection": s3Connection("data", "alice", "s3"), "SSHKey": sshKey("laptop", "alice"), "AccountAction": action("now", "alice", v1alpha1.ActionResetTwoFactor),
	} {
		s.create(obj)
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				now := obj.DeepCopyObject().(client.Object)
				_, of := status.In(now)
				all := reflect.ValueOf(of).Elem()
				anything(r, all, "")
				status.Fit(obj, now)
				*conditionsIn(now) = nil
				if g := all.FieldByName("ObservedGeneration"); g.IsZero() {
					g.SetInt(1) // a status with nothing in it has a default
				}
				sent := now.DeepCopyObject().(client.Object)
				if err := s.api.Status().Update(context.Background(), now); err != nil {
					r.Fatal(err)
				}
				obj.SetResourceVersion(now.GetResourceVersion())
				if !status.Same(sent, now) {
					was, _ := status.Own(sent)
					is, _ := status.Own(now)
					r.Fatalf("it is another afterwards (-sent +got):\n%s", cmp.Diff(was, is))
				}
			})
		})
	}
}

// anything fills a value with what fits and what does not.
func anything(r *rapid.T, v reflect.Value, path string) {
	if _, is := v.Interface().(metav1.Time); is {
		at := rapid.Int64Range(-100_000_000_000, 400_000_000_000).Draw(r, path)
		v.Set(reflect.ValueOf(metav1.Time{Time: time.Unix(at, 0)}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts.Draw(r, path))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(r, path)))
	case reflect.Int64:
		v.SetInt(rapid.Int64().Draw(r, path))
	case reflect.Pointer:
		if rapid.Bool().Draw(r, path) {
			v.Set(reflect.New(v.Type().Elem()))
			anything(r, v.Elem(), path)
		}
	case reflect.Slice:
		anyList(r, v, path)
	case reflect.Struct:
		anyFields(r, v, path)
	}
}

// anyList draws the first few items: the others are alike, since drawing takes most of the time.
func anyList(r *rapid.T, v reflect.Value, path string) {
	const drawn = 12
	n := rapid.SampledFrom([]int{0, 1, 2, 3, drawn, 120, 1500}).Draw(r, path)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		if i < drawn {
			anything(r, v.Index(i), path)
			continue
		}
		v.Index(i).Set(v.Index(i % drawn))
		if item := v.Index(i); item.Kind() == reflect.String {
			item.SetString(fmt.Sprint(item.String(), i))
		}
	}
}

func anyFields(r *rapid.T, v reflect.Value, path string) {
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Conditions" {
			anything(r, v.Field(i), path+"."+name)
		}
	}
}

var texts = rapid.OneOf(
	rapid.SampledFrom([]string{
		"", "Enabled", "Disabled", "Dark", "System", "Secret", "ConfigMap", "Required", "Subscribed", "low_credit", "Weekly-Digest", " ",
		"\xff\xfe", "\x00", "a\nb", strings.Repeat("x", 5000), strings.Repeat("ä", 253), strings.Repeat("€", 4097), "…",
	}),
	rapid.String(),
)
