package e2e_test

import (
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/test/manager"
)

func TestSecretValue_AnyOutput_ShowsNowhere(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)

		// Given a manager that logs as much as it can
		m := s.startWith(s.as("manager"), manager.Options{
			Metrics: true, Args: []string{"--watch-namespaces=" + s.ns, "--zap-log-level=10"},
		})

		// When it does all that it does, then no value shows at any moment
		s.tour(func(after string) {
			page, err := m.Metrics(s.Context())
			s.must(err)
			s.hasNoTrace("the metrics after "+after, page)
			printed, err := m.Printed()
			s.must(err)
			s.hasNoTrace("the log after "+after, printed)
			s.hasNoTrace("the API after "+after, s.said())
			for where, text := range s.content() {
				s.hasNoTrace("the store's "+where+" after "+after, text)
			}
		})
		s.hasNoTrace("a dump", s.dump())
	})
}

// said is all that the manager wrote for users to the API: its objects without what
// they themselves wrote, and events.
func (s *scene) said() string {
	s.Helper()
	var all []any
	lists := []client.ObjectList{&corev1.EventList{}, &eventsv1.EventList{}}
	for _, k := range kinds.All {
		lists = append(lists, k.NewList())
	}
	for _, list := range lists {
		s.must(s.api.List(s.Context(), list, client.InNamespace(s.ns)))
		all = append(all, list)
	}
	text, err := json.Marshal(all)
	s.must(err)
	return string(text)
}

// Where a value stands unsealed, looking as above finds it: so it would have.
func TestCanary_UnsealedStore_IsFound(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)
		s.keyset = ""
		s.used()
		for _, text := range s.content() {
			if traced(text) != "" {
				return
			}
		}
		t.Error("the value was not found in a store that was told not to seal it")
	})
}
