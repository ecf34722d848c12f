package accountapi

import (
	"net/http"
	"strconv"

	"github.com/account-operator/account-operator/internal/store"
)

const (
	dependentsShown = 1000
	// instancesShown is how many instances the client asks for at most.
	instancesShown = 25
	// pagesLooked is how many pages are looked through for one number.
	pagesLooked = 20
)

const (
	removedElsewhere = " are removed where they run, by the service that runs them. If only the row went, the account could be deleted while they still run. Nothing was changed."
	byPages          = ", also those in its teams; `next_token` is there when there are more, and `after_token` takes it"
)

func (s *service) hostRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/api/v0/machines", right: store.KeyMachineRead, use: reads, command: "show machines",
			does: "the IDs of the account's machines" + byPages, answer: listsDependents(store.Machine, "machines"),
		},
		{
			method: http.MethodGet, path: "/api/v0/machines/{id}", right: store.KeyMachineRead, use: reads, command: "show machine",
			does: "a machine, in a list of one",
			answer: showsDependent(store.Machine, func(shown map[string]any) any {
				return []any{shown}
			}),
		},
		{
			method: http.MethodPost, path: "/api/v0/machines/{id}/force_delete", right: store.KeyMachineWrite, use: writes, command: "delete machine",
			cannot: "Machines" + removedElsewhere,
		},
		{
			method: http.MethodGet, path: "/api/v0/clusters", right: store.KeyMachineRead, use: reads, command: "show clusters",
			does: "the IDs of the account's clusters" + byPages, answer: listClusters,
		},
		{
			method: http.MethodDelete, path: "/api/v0/cluster", right: store.KeyMachineWrite, use: writes, command: "delete cluster",
			cannot: "Clusters" + removedElsewhere,
		},
	}
}

func (s *service) instanceRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/api/v1/instances", right: store.KeyInstanceRead, use: reads, command: "show instances-v1",
			does: "the IDs of the account's instances, 25 at once" + byPages, answer: listInstances,
		},
		{
			method: http.MethodGet, path: "/api/v0/instances", right: store.KeyInstanceRead, use: reads, command: "show instances",
			does: "the same, a thousand at once", answer: listsDependents(store.Instance, "instances"),
		},
		{
			method: http.MethodGet, path: "/api/v0/instances/{id}", right: store.KeyInstanceRead, use: reads, command: "show instance",
			does: "an instance",
			answer: showsDependent(store.Instance, func(shown map[string]any) any {
				return map[string]any{"success": true, "instances": shown}
			}),
		},
		{
			method: http.MethodDelete, path: "/api/v0/instances/{id}", right: store.KeyInstanceWrite, use: writes, command: "destroy instance",
			cannot: "Instances" + removedElsewhere,
		},
		{
			method: http.MethodDelete, path: "/api/v0/instances", right: store.KeyInstanceWrite, use: writes, command: "destroy instances",
			cannot: "Instances" + removedElsewhere,
		},
		{
			method: http.MethodGet, path: "/api/v0/volumes", right: store.KeyInstanceRead, use: reads, command: "show volumes",
			does: "the IDs of the account's volumes" + byPages, answer: listsDependents(store.Volume, "volumes"),
		},
		{
			method: http.MethodDelete, path: "/api/v0/volumes", right: store.KeyInstanceWrite, use: writes, command: "delete volume",
			cannot: "Volumes" + removedElsewhere,
		},
	}
}

// dependents are those of a page, as the client shows them: what the store has no room for is left out, or is what the client counts with.
func (q *request) dependents(kind store.DependentKind, most int) (shown []map[string]any, next any, err error) {
	limit, err := q.limit(most)
	if err != nil {
		return nil, nil, err
	}
	all, err := q.holder.Dependents(q.Context(), kind, q.URL.Query().Get("after_token"), limit+1)
	if err != nil {
		return nil, nil, err
	}
	if len(all) > limit {
		all = all[:limit]
		next = all[limit-1].ID
	}
	shown = make([]map[string]any, len(all))
	for n, d := range all {
		shown[n] = dependentShown(d)
	}
	return shown, next, nil
}

// limit is how many the client asks for, and no more than the most.
func (q *request) limit(most int) (int, error) {
	given := q.URL.Query().Get("limit")
	if given == "" {
		return most, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 {
		return 0, newProblem(http.StatusBadRequest, "invalid_args", "limit takes a number of 1 or more.")
	}
	return min(n, most), nil
}

func dependentShown(d store.HeldDependent) map[string]any {
	shown := map[string]any{
		"id": numberOf(d.ID), "label": d.ID, "hostname": d.ID, "created_at": unix(d.Created), "start_date": unix(d.Created),
		"extra_env": []any{}, "team_id": nil,
	}
	if d.TeamID != "" {
		shown["team_id"] = numberOf(d.TeamID)
	}
	return shown
}

func listsDependents(kind store.DependentKind, name string) func(*request) (any, error) {
	return func(q *request) (any, error) {
		shown, next, err := q.dependents(kind, dependentsShown-1)
		return map[string]any{"success": true, name: shown, "next_token": next}, err
	}
}

// listInstances takes no filter: an answer that left it out would be taken for one that has it.
func listInstances(q *request) (any, error) {
	if filters := q.URL.Query().Get("select_filters"); filters != "" && filters != "{}" {
		return nil, notOffered("The store has the IDs of instances only, by which none is filtered.")
	}
	shown, next, err := q.dependents(store.Instance, instancesShown)
	return map[string]any{"success": true, "instances": shown, "instances_found": len(shown), "next_token": next}, err
}

// listClusters answers an object, by the numbers of the clusters.
func listClusters(q *request) (any, error) {
	shown, next, err := q.dependents(store.Cluster, dependentsShown-1)
	clusters := make(map[string]any, len(shown))
	for _, each := range shown {
		each["subnet"], each["nodes"] = nil, []any{}
		clusters[strconv.FormatInt(int64(each["id"].(number)), 10)] = each
	}
	return map[string]any{"success": true, "clusters": clusters, "next_token": next}, err
}

func showsDependent(kind store.DependentKind, answer func(shown map[string]any) any) func(*request) (any, error) {
	return func(q *request) (any, error) {
		id, err := q.id()
		if err != nil {
			return nil, err
		}
		after := ""
		for range pagesLooked {
			all, err := q.holder.Dependents(q.Context(), kind, after, dependentsShown)
			if err != nil {
				return nil, err
			}
			for _, d := range all {
				if numberOf(d.ID) == id {
					return answer(dependentShown(d)), nil
				}
			}
			if len(all) < dependentsShown {
				break
			}
			after = all[len(all)-1].ID
		}
		return nil, newProblem(http.StatusNotFound, "not_found", "The account has nothing of this kind with this ID.")
	}
}
