package realnode_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// isRead has the release serve readers by Pods of their own, as docs/reading.md says, and reads a value through their Service.
func (s *site) isRead(name string, owner url.URL) {
	s.Helper()
	s.Log("a service with a key reads through the Service of the reader")
	owner.User = url.UserPassword("reader", password)
	s.run(fmt.Sprintf(`kubectl -n "$NS" exec "deployment/$DEPLOYMENT" -- /manager store roles --manager-role= --service-role= --pages-role= --apply
		kubectl -n "$NS" create secret generic reader-store --from-literal=address=%q
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=reader -keyout "$TMP/tls.key" -out "$TMP/tls.crt" 2>/dev/null
		kubectl -n "$NS" create secret tls reader-tls --cert="$TMP/tls.crt" --key="$TMP/tls.key"
		helm upgrade replicated charts/account-operator -n "$NS" --reset-then-reuse-values --wait --timeout=2m \
			--set=reader.servedBy=Deployment,reader.store.existingSecret=reader-store,reader.tls.existingSecret=reader-tls \
			--set-json='reader.extraVolumes=[{"name": "authority", "configMap": {"name": "store-authority"}}]' \
			--set-json='reader.extraVolumeMounts=[{"name": "authority", "mountPath": "/etc/store-authority"}]' `, owner.String()))
	key := s.run(`kubectl -n "$NS" exec "deployment/$DEPLOYMENT" -- /manager keys service create scraper --rights=env --all-accounts | grep -o 'aok_[^ ]*'`)
	address := s.run(`kubectl -n "$NS" get service "$DEPLOYMENT-reader" -o jsonpath='{.spec.clusterIP}:{.spec.ports[0].port}'`)
	variable := "https://" + address + "/v1/accounts/" + s.id(name) + "/env/TOKEN"
	if code, text := s.get(variable, key); code != http.StatusOK || !strings.Contains(text, "secret-of-"+name) {
		s.Errorf("the service gets %d %s", code, text)
	}
	if code, _ := s.get(variable, ""); code != http.StatusUnauthorized {
		s.Errorf("somebody unknown gets %d", code)
	}
	if mounted := s.run(`kubectl -n "$NS" get pods -l app.kubernetes.io/name=account-operator-reader -o jsonpath='{.items[*].spec.volumes[*].projected}'`); mounted != "" {
		s.Errorf("the reader's Pods have a token: %s", mounted)
	}
}
