package postgres_test

import "testing"

func TestPutBack_AfterASnapshot_HasWhatWasThereThen(t *testing.T) {
	s := own(t)
	database := s.NewDatabase(t)
	client := connect(t, database)
	execute(t, client, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1)")
	if err := s.Snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	execute(t, client, "INSERT INTO kept VALUES (2)") // the connection is still there
	if err := s.PutBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := client.Ping(t.Context()); err == nil {
		t.Error("a connection survived")
	}
	if n := ask[int](t, connect(t, database), "SELECT max(n) FROM kept"); n != 1 {
		t.Errorf("n = %d, want 1", n)
	}
}
