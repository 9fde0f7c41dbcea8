package crash

import "testing"

type server struct{}

func serverOf(t *testing.T, dsn string) *server { return &server{} }
