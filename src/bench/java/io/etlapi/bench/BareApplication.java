package io.etlapi.bench;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Application;

/**
 * What the containers that our design needs cost by themselves: one JAX-RS resource that calls one
 * EJB singleton, and nothing else.
 */
@ApplicationPath("/")
public class BareApplication extends Application {

  /** Answers so many bytes. */
  @ApplicationScoped
  @Path("bare")
  public static class Resource {

    @Inject Bean bean;

    @GET
    @Path("{bytes}")
    public String get(@PathParam("bytes") int bytes) {
      return bean.body(bytes);
    }
  }

  /** Set up as {@code TaskManager} is. */
  @Singleton
  @ConcurrencyManagement(ConcurrencyManagementType.BEAN)
  @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
  public static class Bean {
    public String body(int bytes) {
      return "x".repeat(bytes);
    }
  }
}
