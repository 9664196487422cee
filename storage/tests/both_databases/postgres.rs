//! A PostgreSQL cluster in a folder of its own, one for the test process, gone when the process is gone, however it ends.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

struct Cluster {
    folder: String,
    /// Its standard input is the life line: the shell ends the cluster when it reads the end of it.
    _shell: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

const BINARIES: &str = "/usr/lib/postgresql/15/bin";

/// Makes the cluster in a folder that only its owner reads, listening on a socket in it and on no port.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d /tmp/callwright-pg.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$BINARIES/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log" 2>&1 \
    || { cat "$folder/log" >&2; exit 1; }
"$BINARIES/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=200 \
    </dev/null >>"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    "$BINARIES/pg_isready" -q -h "$folder" && break
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
echo "$folder"
cat >/dev/null
kill -QUIT "$server"
wait "$server" || true
"#;

/// The address of a new, empty database.
pub async fn new_database() -> String {
    let folder = &CLUSTER.get_or_init(start).folder;
    let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&address(folder, "postgres")).await.expect("the cluster runs");
    let create = format!("CREATE DATABASE {name}");
    connection.execute(sqlx::raw_sql(AssertSqlSafe(create))).await.expect("a database can be made");
    address(folder, &name)
}

fn address(folder: &str, database: &str) -> String {
    format!("postgres://postgres@localhost/{database}?host={folder}")
}

fn start() -> Cluster {
    let missing = "these tests need PostgreSQL 15: apt-get install postgresql-15 (they start it themselves)";
    assert!(std::path::Path::new(BINARIES).join("initdb").exists(), "{missing}");
    let mut command = if is_root() {
        // PostgreSQL refuses to run as root.
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let shell = command.args(["-c", SCRIPT]).env("BINARIES", BINARIES).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut shell = shell.spawn().expect("a shell can be started");
    let mut folder = String::new();
    let said = shell.stdout.take().expect("its output is piped");
    BufReader::new(said).read_line(&mut folder).expect("the shell's output can be read");
    assert!(!folder.trim().is_empty(), "PostgreSQL did not start; its words are above. {missing}");
    Cluster { folder: folder.trim().to_owned(), _shell: shell }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").expect("/proc is there").uid() == 0
}
