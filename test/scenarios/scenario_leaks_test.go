package scenarios

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// assertNothingLeaked searches for every canary in what the manager wrote: logs, statuses, events, the database's files.
func (s *scenario) assertNothingLeaked() {
	s.Helper()
	for line := range strings.Lines(logged.String()) {
		if strings.Contains(line, canary) {
			s.Errorf("a log line holds a secret value: %.300s", line)
			break
		}
	}
	var events corev1.EventList
	s.must(s.api.List(context.Background(), &events, client.InNamespace(s.ns)))
	if strings.Contains(fmt.Sprintf("%+v", events.Items), canary) {
		s.Error("an event holds a secret value")
	}
	var sets v1alpha1.EnvVarSetList
	s.must(s.api.List(context.Background(), &sets, client.InNamespace(s.ns)))
	for i := range sets.Items {
		if strings.Contains(fmt.Sprintf("%+v", sets.Items[i].Status), canary) {
			s.Error("a status holds a secret value")
		}
	}
	var connections v1alpha1.CloudConnectionList
	s.must(s.api.List(context.Background(), &connections, client.InNamespace(s.ns)))
	for i := range connections.Items {
		if strings.Contains(fmt.Sprintf("%+v", connections.Items[i].Status), canary) {
			s.Error("a status holds a credential")
		}
	}
	s.assertNotInDatabase()
}

// assertNotInDatabase reads the raw files, log included.
func (s *scenario) assertNotInDatabase() {
	s.Helper()
	if s.path == "" {
		return
	}
	files, err := filepath.Glob(s.path + "*")
	s.must(err)
	if len(files) == 0 {
		s.Error("there is no database file to look into")
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		s.must(err)
		if bytes.Contains(content, []byte(canary)) {
			s.Errorf("%s holds a secret value in plain text", filepath.Base(f))
		}
	}
}
