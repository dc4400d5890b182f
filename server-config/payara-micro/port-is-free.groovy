// Before anything is built: Payara Micro stays alive, deaf, when its port is taken.

def setting = { name -> session.userProperties[name] ?: project.properties[name] }
int port = setting('etl.port') as int
def socket = new ServerSocket()
try {
  // Without this a port that a stopped server left a minute ago would count as taken.
  socket.reuseAddress = true
  socket.bind(new InetSocketAddress('127.0.0.1', port))
} catch (BindException e) {
  def message = "Port $port on 127.0.0.1 is taken. Stop what listens there, or choose another: mvn -Pstart -Detl.port=${port + 1}"
  log.error(message)
  throw new IllegalStateException(message)
} finally {
  socket.close()
}
