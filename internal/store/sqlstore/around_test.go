package sqlstore_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// Given a fenced store whose calls are all refused, when each of them is made, then each is refused under its own name: so the metrics and
// the faults of tests miss none.
func TestAround_EachCall_IsMadeInsideUnderItsName(t *testing.T) {
	address, _ := newSQLite(t)
	fenced, err := open(t, address, options(t)).Lead(t.Context(), "c", "l")
	must(t, err)
	refused := errors.New("refused")
	var got, want []string
	around := reflect.ValueOf(store.Around(fenced, func(call store.Call, _ func() error) error {
		got = append(got, call.Name)
		return refused
	}))
	calls := reflect.TypeFor[store.FencedStore]()
	for n := range calls.NumMethod() {
		m := calls.Method(n)
		switch {
		case takesContext(m.Type):
			want = append(want, m.Name)
			makeCall(t, around.MethodByName(m.Name), refused)
		case m.Type.Out(0).Kind() == reflect.Interface: // the rows of a kind
			rows, name := around.MethodByName(m.Name).Call(nil)[0], strings.TrimSuffix(m.Name, "s")
			want = append(want, name, "Put"+name, "Delete"+name)
			for _, call := range []string{"Get", "Put", "Delete"} {
				makeCall(t, rows.MethodByName(call), refused)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 25 {
		t.Error(diff)
	}
}

func takesContext(call reflect.Type) bool {
	return call.NumIn() > 0 && call.In(0) == reflect.TypeFor[context.Context]()
}

// makeCall makes the call with nothing but a context.
func makeCall(t *testing.T, call reflect.Value, want error) {
	t.Helper()
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for n := 1; n < call.Type().NumIn(); n++ {
		args = append(args, reflect.Zero(call.Type().In(n)))
	}
	answers := call.Call(args)
	if err, _ := answers[len(answers)-1].Interface().(error); !errors.Is(err, want) {
		t.Errorf("a call answers %v", err)
	}
}
