package io.etlapi.database;

import io.etlapi.config.EtlConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The DataSources that an administrator has defined on the server and listed in {@code
 * ETL_DATASOURCES}. What is not listed is not even looked up, so a request cannot find out which
 * names exist.
 */
@ApplicationScoped
public class ServerDataSources implements DataSources {

  private static final System.Logger LOG = System.getLogger(ServerDataSources.class.getName());

  private List<String> allowed = List.of();

  /** For the container's proxy. */
  protected ServerDataSources() {}

  @Inject
  public ServerDataSources(EtlConfig config) {
    allowed = config.paths().dataSources();
  }

  @Override
  public Database open(String name) throws DatabaseException {
    if (!allowed.contains(name)) {
      throw new DatabaseException(
          "The datasource '"
              + (name.length() > 200 ? name.substring(0, 200) + "…" : name)
              + "' is not one that requests may name"
              + (allowed.isEmpty() ? "; none is" : "")
              + ". An administrator lists the allowed JNDI names in ETL_DATASOURCES.");
    }
    Connection connection = null;
    try {
      if (!(lookUp(name) instanceof DataSource source)) {
        throw new DatabaseException(
            "The server knows '" + name + "', but it is not a JDBC DataSource.");
      }
      connection = source.getConnection();
      return new Database(connection, name);
    } catch (NamingException e) {
      LOG.log(System.Logger.Level.WARNING, "no DataSource " + name, e);
      throw new DatabaseException(
          "The server has no DataSource named '"
              + name
              + "'. An administrator defines it on the server.",
          e);
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot connect to " + name, e);
      close(connection);
      throw new DatabaseException(
          "The database of the datasource '"
              + name
              + "' cannot be reached now. Try again, or ask an administrator.",
          e);
    }
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.log(System.Logger.Level.DEBUG, "a connection did not close", e);
      }
    }
  }

  /** A name from a request comes here only if an administrator has listed that very name. */
  @SuppressWarnings("BanJNDI")
  private static Object lookUp(String name) throws NamingException {
    return InitialContext.doLookup(name);
  }
}
