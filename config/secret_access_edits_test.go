package config_test

import (
	"maps"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// forTeam has a set choose the accounts of a team, forAll those of every team.
func forTeam(spec object, team string) object {
	return selecting(spec, object{"matchLabels": object{"team": team}})
}

func forAll(spec object) object {
	return selecting(spec, object{"matchExpressions": list(object{"key": "team", "operator": "Exists"})})
}

func selecting(spec, selector object) object {
	spec = maps.Clone(spec)
	delete(spec, "accountRef")
	spec["accountSelector"] = selector
	return spec
}

// A user who may read a Secret had the object made; who may not read it must not have more, or something else, taken
// out of it, or have it go elsewhere.
func TestSecretAccess_ForeignReferenceBent_IsRefused(t *testing.T) {
	p := newPlace(t)
	author := p.author("alice", onSecrets("get", "mine"))
	theirs := object{"name": "theirs", "key": "token"}
	labels := func(value string) object {
		return object{"secretSelector": object{"matchLabels": object{"of": value}}}
	}
	keys := func(include ...any) object {
		return object{"secretRef": object{"name": "theirs"}, "keys": object{"include": include}}
	}
	without := func(exclude ...any) object {
		return object{"secretRef": object{"name": "theirs"}, "keys": object{"exclude": exclude}}
	}
	labelled := func(rest object) object {
		rest["secretSelector"] = object{"matchLabels": object{"of": "theirs"}}
		return rest
	}
	s3 := func(bucket, region, key string) object {
		return connection("AmazonS3", "amazonS3", object{
			"bucket": bucket, "region": region, "credentialsSecretRef": object{"name": "theirs", "secretAccessKeyKey": key},
		})
	}
	b2 := func(bucket, region, key string) object {
		return connection("Backblaze", "backblaze", object{
			"bucket": bucket, "region": region, "credentialsSecretRef": object{"name": "theirs", "applicationKeyKey": key},
		})
	}
	dropbox := func(key string) object {
		return connection("Dropbox", "dropbox", object{"credentialsSecretRef": object{"name": "theirs", "refreshTokenKey": key}})
	}
	mapped := object{"name": "TOKEN", "valueFrom": object{"configMapKeyRef": theirs}}
	for name, c := range map[string]struct {
		kind        string
		before, now object
	}{
		"another key":                  {"EnvVarSet", env(theirs), env(object{"name": "theirs", "key": "password"})},
		"one key more":                 {"EnvVarSet", env(theirs), set("env", variable("TOKEN", theirs), variable("PASSWORD", object{"name": "theirs", "key": "password"}))},
		"the same key once more":       {"EnvVarSet", env(theirs), set("env", variable("TOKEN", theirs), variable("AGAIN", theirs))},
		"under another name":           {"EnvVarSet", env(theirs), set("env", variable("PATH", theirs))},
		"as an option":                 {"EnvVarSet", env(theirs), env(object{"name": "theirs", "key": "token", "optional": true})},
		"as a file":                    {"EnvVarSet", env(theirs), set("dotenv", object{"secretKeyRef": theirs})},
		"the whole":                    {"EnvVarSet", env(theirs), set("envFrom", object{"secretRef": object{"name": "theirs"}})},
		"other keys":                   {"EnvVarSet", set("envFrom", keys("^A")), set("envFrom", keys("^B"))},
		"more keys":                    {"EnvVarSet", set("envFrom", keys("^A")), set("envFrom", keys("^A", "^B"))},
		"all keys":                     {"EnvVarSet", set("envFrom", keys("^A")), set("envFrom", object{"secretRef": object{"name": "theirs"}})},
		"another prefix":               {"EnvVarSet", takes["envFrom, optional"].spec("theirs"), set("envFrom", object{"prefix": "B_", "secretRef": object{"name": "theirs", "optional": true}})},
		"another key of a file":        {"EnvVarSet", set("dotenv", object{"secretKeyRef": theirs}), set("dotenv", object{"secretKeyRef": object{"name": "theirs", "key": "b"}})},
		"other labels":                 {"EnvVarSet", set("envFrom", labels("a")), set("envFrom", labels("b"))},
		"labels instead of a name":     {"EnvVarSet", set("envFrom", object{"secretRef": object{"name": "mine"}}), set("envFrom", labels("b"))},
		"fewer keys left out":          {"EnvVarSet", set("envFrom", without("^A", "^B")), set("envFrom", without("^A"))},
		"no keys left out":             {"EnvVarSet", set("envFrom", without("^A")), set("envFrom", object{"secretRef": object{"name": "theirs"}})},
		"fewer labels":                 {"EnvVarSet", set("envFrom", object{"secretSelector": object{"matchLabels": object{"a": "1", "b": "2"}}}), set("envFrom", object{"secretSelector": object{"matchLabels": object{"a": "1"}}})},
		"the value of a label":         {"EnvVarSet", set("envFrom", labels("")), set("envFrom", labels("theirs"))},
		"more keys of the labelled":    {"EnvVarSet", set("envFrom", labelled(object{"keys": object{"include": list("^A")}})), set("envFrom", labelled(object{}))},
		"a prefix for the labelled":    {"EnvVarSet", set("envFrom", labels("theirs")), set("envFrom", labelled(object{"prefix": "B_"}))},
		"the labelled twice":           {"EnvVarSet", set("envFrom", labels("theirs")), set("envFrom", labels("theirs"), labelled(object{"prefix": "B_"}))},
		"a file as an option":          {"EnvVarSet", set("dotenv", object{"secretKeyRef": theirs}), set("dotenv", object{"secretKeyRef": object{"name": "theirs", "key": "token", "optional": true}})},
		"a file, once text":            {"EnvVarSet", set("dotenv", object{"inline": "A=1"}), set("dotenv", object{"secretKeyRef": theirs})},
		"a Secret, once a ConfigMap":   {"EnvVarSet", set("env", mapped), env(theirs)},
		"a Secret, once a plain value": {"EnvVarSet", set("env", variable("TOKEN", "x")), env(theirs)},
		"beside one's own":             {"EnvVarSet", takes["env"].spec("mine"), set("env", variable("TOKEN", object{"name": "mine", "key": "token"}), variable("B", theirs))},
		"one's own beside theirs":      {"EnvVarSet", env(theirs), set("env", variable("TOKEN", theirs), variable("B", object{"name": "mine", "key": "b"}))},
		"for other accounts":           {"EnvVarSet", forTeam(env(theirs), "a"), forTeam(env(theirs), "b")},
		"for more accounts":            {"EnvVarSet", forTeam(env(theirs), "a"), forAll(env(theirs))},
		"for another bucket":           {"CloudConnection", s3("data", "eu-central-1", "k"), s3("mine", "eu-central-1", "k")},
		"for another region":           {"CloudConnection", s3("data", "eu-central-1", "k"), s3("data", "cn-north-1", "k")},
		"another key of credentials":   {"CloudConnection", s3("data", "eu-central-1", "k"), s3("data", "eu-central-1", "password")},
		"another bucket at Backblaze":  {"CloudConnection", b2("data", "us-west-004", "k"), b2("mine", "us-west-004", "k")},
		"another region at Backblaze":  {"CloudConnection", b2("data", "us-west-004", "k"), b2("data", "eu-central-003", "k")},
		"another key for Backblaze":    {"CloudConnection", b2("data", "us-west-004", "k"), b2("data", "us-west-004", "password")},
		"another key for Dropbox":      {"CloudConnection", dropbox("k"), dropbox("password")},
	} {
		t.Run(name, func(t *testing.T) {
			o := p.object(c.kind, "", c.before)
			o.SetGenerateName("edited-")
			if err := admin.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			o.Object["spec"] = p.object(c.kind, "", c.now).Object["spec"]
			if err := author.Update(t.Context(), o, client.DryRunAll); !refused(err) {
				t.Errorf("update: %v", err)
			}
			if err := author.Update(t.Context(), o); !refused(err) {
				t.Errorf("update: %v", err)
			}
			if err := admin.Update(t.Context(), o); err != nil {
				t.Errorf("by somebody who may: %v", err)
			}
		})
	}
}
