package realnode_test

// runsTheChart is the life of a release with SQLite on a volume.
func (s *site) runsTheChart() {
	s.hasVolume("charted-account-operator-store")
	s.run(`kubectl create namespace "$NS"
		kubectl label namespace "$NS" pod-security.kubernetes.io/enforce=restricted
		helm install charted charts/account-operator -n "$NS" --wait --timeout=2m \
			--set=image.tag=dev,class="$CLASS",crds.enabled=false,keyset.generate.enabled=true`)
	s.serves("removed")
	s.run(`kubectl -n "$TEAM" delete --timeout=1m account/removed envvarset/removed`)
	s.serves("alice")
	id := s.id("alice") // not the first, which a store that is lost would give out again
	s.isConfined()
	s.isMeasured()
	s.says(`deployment/$DEPLOYMENT`)
	s.looksInside("alice")
	s.copiesSQLite()

	s.Log("killed, the manager is started again in its Pod")
	s.killed()
	s.serves("bob")
	s.says(`--previous deployment/$DEPLOYMENT`)
	s.still("alice", id)

	s.Log("deleted, the Pod is made again, on the same volume")
	s.run(`kubectl -n "$NS" delete pod --selector=app.kubernetes.io/instance=charted --timeout=1m`)
	s.serves("carol")
	s.still("alice", id)

	s.Log("upgraded, another image runs")
	if err := local.Tag(s.Context(), "account-operator:next"); err != nil {
		s.Fatal(err)
	}
	s.run(`helm upgrade charted charts/account-operator -n "$NS" --reset-then-reuse-values --set=image.tag=next --wait --timeout=2m`)
	if image := s.ofThePod(`{.spec.containers[0].image}`); image != "account-operator:next" {
		s.Errorf("the image is %s", image)
	}
	s.still("alice", id)

	s.Log("with too little memory, it is killed, which its Pod says; rolled back, it works")
	s.run(`helm upgrade charted charts/account-operator -n "$NS" --reset-then-reuse-values \
			--set=resources.requests.memory=12Mi,resources.limits.memory=12Mi
		until [[ $(kubectl -n "$NS" get pods -o jsonpath='{.items[*].status.containerStatuses[*]}') == *OOMKilled* ]]; do sleep 0.5; done
		helm rollback charted -n "$NS" --wait --timeout=2m`)
	s.serves("dave")
	s.still("alice", id)
}
