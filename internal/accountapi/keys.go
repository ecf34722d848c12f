package accountapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) keyRoutes() []route {
	const path = "/api/v0/auth/apikeys"
	return []route{
		{
			method: http.MethodPost, path: path, right: store.KeyUserWrite, use: writes, command: "create api-key",
			does: "makes a key, with rights by category that the key has which asks; without `permissions`, with all of those", answer: s.createKey,
		},
		{
			method: http.MethodGet, path: path, right: store.KeyUserRead, use: reads, command: "show api-keys", does: "the keys, without their texts", answer: s.listKeys,
		},
		{
			method: http.MethodGet, path: path + "/{id}", right: store.KeyUserRead, use: reads, command: "show api-key", does: "a key, without its text", answer: s.showKey,
		},
		{
			method: http.MethodDelete, path: path + "/{id}", right: store.KeyUserWrite, use: writes, command: "delete api-key",
			does: "ends a key, at once", answer: s.deleteKey,
		},
		{
			method: http.MethodPut, path: "/api/v0/commands/reset_apikey", right: store.KeyUserWrite, use: writes, command: "reset api-key",
			does: "another key in place of the one that asks, which ends at once", answer: s.resetKey,
		},
	}
}

// permissionsOf are the rights of a key, as the client writes them.
func permissionsOf(k store.APIKey) map[string]any {
	categories := map[string]any{}
	for _, right := range store.KeyRights {
		if k.May(right) {
			categories[string(right)] = map[string]any{}
		}
	}
	return map[string]any{"api": categories}
}

func invalidPermissions(why string) *problem {
	return newProblem(http.StatusBadRequest, "invalid_permissions", why+" No key was made.")
}

// rightsIn reads permissions: {"api": {CATEGORY: {}}}. A category with less than all of it would be one with all of it here, so it is refused.
func rightsIn(raw json.RawMessage) (rights []store.KeyRight, err error) {
	var given struct {
		API map[string]map[string]any `json:"api"`
	}
	if json.Unmarshal(raw, &given) != nil || given.API == nil {
		return nil, invalidPermissions(`Permissions are like {"api": {"user_read": {}}}.`)
	}
	for category, narrowed := range given.API {
		if !slices.Contains(store.KeyRights, store.KeyRight(category)) {
			return nil, invalidPermissions(fmt.Sprintf("There is no category %.40q.", category))
		}
		if len(narrowed) > 0 {
			return nil, invalidPermissions(fmt.Sprintf("Rights are given by category, not by route: write {} for %s.", category))
		}
		rights = append(rights, store.KeyRight(category))
	}
	return rights, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// wanted is a key that the one which asks may make: it may no more, and lasts no longer.
func (q *request) wanted(name string, permissions json.RawMessage) (want store.APIKey, err error) {
	if name == "" || len(name) > store.MaxKeyName || !legible.IsLine(name) {
		return want, newProblem(http.StatusBadRequest, "invalid_args", "A key takes a name, of one line and at most 255 bytes.")
	}
	want = store.APIKey{Name: name, AllRights: q.in.AllRights, Rights: q.in.Rights, Expires: q.in.Expires}
	if !isNull(permissions) {
		if want.Rights, err = rightsIn(permissions); err != nil {
			return want, err
		}
		want.AllRights = false
	}
	if !q.in.Covers(want) {
		return want, newProblem(http.StatusForbidden, "invalid_permissions", "A key makes only keys with rights that it has itself. No key was made.")
	}
	return want, nil
}

func (s *service) createKey(q *request) (any, error) {
	var given struct {
		Name        text
		Permissions json.RawMessage
		KeyParams   json.RawMessage `json:"key_params"`
	}
	if err := q.read(&given); err != nil {
		return nil, err
	}
	if !isNull(given.KeyParams) && string(given.KeyParams) != "{}" && string(given.KeyParams) != `""` {
		return nil, notOffered("Keys have no parameters. No key was made.")
	}
	want, err := q.wanted(string(given.Name), given.Permissions)
	if err != nil {
		return nil, err
	}
	made, key, err := q.holder.CreateKey(q.Context(), q.in.ID, want)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{"success": true, "id": numberOf(made.ID), "key": string(key.Reveal()), "permissions": false}
	if !made.AllRights {
		answer["permissions"] = permissionsOf(made)
	}
	return answer, nil
}

// keyShown is a key as the client lists it.
func (q *request) keyShown(k store.APIKey) map[string]any {
	return map[string]any{
		"id": numberOf(k.ID), "user_id": numberOf(q.in.AccountID), "name": k.Name, "key": "…" + k.LastFour, "rights": permissionsOf(k),
		"team_id": nil, "team_name": nil, "created_at": unix(k.Created), "last_used": unix(k.Used), "expires_at": unix(k.Expires),
	}
}

func (s *service) listKeys(q *request) (any, error) {
	all, err := q.holder.Keys(q.Context())
	if err != nil {
		return nil, err
	}
	shown := make([]map[string]any, len(all))
	for n, k := range all {
		shown[n] = q.keyShown(k)
	}
	return map[string]any{"success": true, "apikeys": shown}, nil
}

// key is that of the number in the path.
func (q *request) key() (store.APIKey, error) {
	id, err := q.id()
	if err != nil {
		return store.APIKey{}, err
	}
	all, err := q.holder.Keys(q.Context())
	if err != nil {
		return store.APIKey{}, err
	}
	for _, k := range all {
		if numberOf(k.ID) == id {
			return k, nil
		}
	}
	return store.APIKey{}, newProblem(http.StatusNotFound, "not_found", "The account has no API key of this ID.")
}

func (s *service) showKey(q *request) (any, error) {
	k, err := q.key()
	if err != nil {
		return nil, err
	}
	return q.keyShown(k), nil
}

// deleteKey answers with a text alone, as the client wants it.
func (s *service) deleteKey(q *request) (any, error) {
	k, err := q.key()
	if err != nil {
		return nil, err
	}
	if err := q.holder.DeleteKey(q.Context(), k.ID); err != nil {
		return nil, err
	}
	return "The API key was deleted.", nil
}

func (s *service) resetKey(q *request) (any, error) {
	var given struct {
		Client text `json:"client_id"`
	}
	if err := q.read(&given); err != nil {
		return nil, err
	}
	if given.Client != "" && !q.mine(string(given.Client)) {
		return nil, newProblem(http.StatusForbidden, "forbidden", "A key replaces no key of another account.")
	}
	_, key, err := q.holder.ReplaceKey(q.Context(), q.in.ID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "new_api_key": string(key.Reveal())}, nil
}
