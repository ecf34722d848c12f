package chart_test

import (
	"github.com/account-operator/account-operator/test/manual"
)

// movesToHelm has what was installed from manifests taken over by a release, which then is upgraded like any other.
func (s *site) movesToHelm(p *manual.Page) {
	// Given an installation that was applied without --server-side once, and then as the page says
	s.run(p.Block("1. The image and the keyset", 0))
	s.run("kubectl apply -k config/default")
	s.run("sed 's#image: account-operator:dev#image: registry.example.com/account-operator:v1#' dist/install.yaml | kubectl apply --server-side --force-conflicts -f -")
	s.run(p.Block("3. See that it works", 0))
	id := s.run("kubectl get account alice -o jsonpath='{.status.accountID}'")

	// When it moves to Helm
	s.run(p.Block("From manifests to Helm", 0))

	// Then the same accounts are served from the same store, and the release is upgraded and goes like one that Helm made
	s.works()
	if now := s.run("kubectl get account alice -o jsonpath='{.status.accountID}'"); now != id || id == "" {
		s.Errorf("alice was account %q, and is %q", id, now)
	}
	s.run(p.Block("Upgrade", 0))
	s.works()
	s.run("kubectl delete --timeout=1m account/alice && helm uninstall account-operator -n account-operator-system")
}
